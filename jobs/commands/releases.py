"""``nightshelf releases`` and ``feast-config``: what is served, and how to change that."""

from typing import Annotated

import typer

from jobs.commands.output import console, table
from jobs.contract.home import Home
from jobs.contract.settings import load

app = typer.Typer(help="List releases, roll back, keep and collect them.", no_args_is_help=True)
ReleaseId = Annotated[str, typer.Argument(help="As 'nightshelf releases list' shows it.")]


@app.command("list", epilog="Example: nightshelf releases list")
def list_() -> None:
    """List releases, newest first: what each holds, its verdict, and which is served."""
    from jobs.releases.commands import list_releases

    console.print(list_releases(Home(load().home)))


def feast_config(
    release_id: Annotated[str | None, typer.Argument(help="Default: the announced release.")] = None,
) -> None:
    """Print a feature_store.yaml of the announced release, so that a Feast user reads what is served."""
    from jobs.releases.commands import feast_config as configuration

    console.print(configuration(load(), release_id), markup=False)
