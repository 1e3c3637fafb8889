"""The command line ``nightshelf``. Commands import what is heavy when they run, so that ``--help`` answers at once."""

from typing import Any

import typer
from typer.core import TyperGroup

from jobs.commands import ctr, data, doctor, evaluate, releases, run, serve, settings
from jobs.commands.output import fail
from jobs.contract.errors import NightshelfError


class _OneSentence(TyperGroup):
    """Ends a command on a known fault with its sentence and exit code 1, without a traceback."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - Typer's context class is private
        try:
            return super().invoke(ctx)
        except NightshelfError as error:
            fail(str(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_OneSentence,
    name="nightshelf",
    help="Recommendations made overnight with language models, served in a millisecond.",
    epilog="Example: nightshelf run --dataset ml-100k && nightshelf serve",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data.app, name="data")
app.add_typer(releases.app, name="releases")
app.command(epilog="Example: nightshelf run --dataset ml-100k --run-date 2026-01-31")(run.run)
app.command(epilog="Example: nightshelf serve --port 8080")(serve.serve)
app.command(epilog="Example: nightshelf evaluate --dataset ml-100k --protocol leave_last_out --k 10 --out report")(
    evaluate.evaluate
)
app.command(epilog="Example: nightshelf ctr --dataset open-bandit --from random --to bts --campaign men")(ctr.ctr)
app.command(epilog="Example: nightshelf doctor")(doctor.doctor)
app.command(epilog="Example: nightshelf settings")(settings.settings)
app.command(epilog="Example: nightshelf feast-config > feature_store.yaml")(releases.feast_config)
