"""``nightshelf releases`` and ``feast-config``: what is served, and how to change that."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.commands.output import console, say, table
from jobs.contract.home import Home
from jobs.contract.release import Pointer
from jobs.contract.settings import load
from jobs.releases import commands

app = typer.Typer(
    help="List releases, roll back, keep and collect them.",
    epilog="Example: nightshelf releases list",
    no_args_is_help=True,
)
ReleaseId = Annotated[str, typer.Argument(metavar="ID", help="As 'nightshelf releases list' shows it.")]
_COLUMNS = ("release", "night of", "state", "rows", "verdict", "users", "items", "MB")
_VERDICTS = {True: "publish", False: "block", None: None}


@app.command("list", epilog="Example: nightshelf releases list")
def list_() -> None:
    """List releases, newest first: state, verdict and what each holds."""
    rows = [
        (
            row.release_id,
            row.run_date,
            ", ".join([*filter(None, [row.state]), *["pinned"] * row.pinned]) or None,
            "online" if row.online else "collected",
            _VERDICTS[row.verdict],
            row.n_users,
            row.n_items,
            f"{row.size_bytes / 1e6:.1f}",
        )
        for row in commands.list_releases(_home())
    ]
    console.print(table(_COLUMNS, rows) if rows else "No releases yet. Run a night first: nightshelf run")


@app.command(epilog="Example: nightshelf releases show 20260131_000007_4f2ad817")
def show(release_id: ReleaseId) -> None:
    """Print a release's manifest and state as JSON."""
    console.print_json(data=commands.show(_home(), release_id))


@app.command(epilog="Example: nightshelf releases compare 20260130_000006_91c05e3b 20260131_000007_4f2ad817")
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="The release to hold against.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The release that is judged by it.")],
    html: Annotated[Path | None, typer.Option(help="Also write the comparison to this file as a page.")] = None,
) -> None:
    """Compare two releases: metrics on the users both judged, lists, sizes, settings, times and verdicts."""
    found = commands.compare(_home(), a, b)
    from jobs.releases.compare_sections import sections

    shown = sections(found)
    for section in shown:
        say(f"\n{section.title}", style="bold")
        say(section.missing or section.reading)
        for view in section.tables:
            console.print(table(view.columns, view.rows))
    if html:
        from jobs.contract.atomic_files import write_atomically
        from jobs.report.page import render

        write_atomically(html, render(f"Nightshelf: {a} and {b}", [("A", a), ("B", b)], None, shown).encode())
        say(f"\nAs a page: {html}")


@app.command(epilog="Example: nightshelf releases pin 20260131_000007_4f2ad817")
def pin(release_id: ReleaseId) -> None:
    """Keep a release's files whatever comes."""
    commands.pin(_home(), release_id)
    say(f"Release {release_id} is kept until unpinned.")


@app.command(epilog="Example: nightshelf releases unpin 20260131_000007_4f2ad817")
def unpin(release_id: ReleaseId) -> None:
    """Let a pinned release be collected in its turn."""
    commands.unpin(_home(), release_id)
    say(f"Release {release_id} is no longer pinned.")


@app.command(epilog="Example: nightshelf releases rollback 20260130_000006_91c05e3b")
def rollback(release_id: ReleaseId) -> None:
    """Serve an older release again, and hold announcements until 'releases resume'."""
    say(_pointer(commands.rollback(load(), release_id)))


@app.command(epilog="Example: nightshelf releases resume")
def resume() -> None:
    """Let the next night announce its release again after a rollback."""
    say(_pointer(commands.resume(_home())))


@app.command(epilog="Example: nightshelf releases materialise 20260128_000004_03bd77f1")
def materialise(release_id: ReleaseId) -> None:
    """Write the online rows of a release again, so that it can be rolled back to."""
    with console.status(f"writing the online rows of {release_id}"):
        seconds = commands.materialise(load(), release_id)
    say(f"Release {release_id} has its online rows again, written in {seconds:.1f} s.")


@app.command(epilog="Example: nightshelf releases gc --dry-run")
def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")] = False,
) -> None:
    """Remove old releases and their online rows; never the current, the previous or a pinned one."""
    garbage = commands.gc(load(), dry_run=dry_run)
    verb = "would go" if dry_run else "are gone"
    say(f"Releases that {verb}: {', '.join(garbage.releases) or 'none'}.")
    say(f"Releases whose rows in Redis {verb}: {', '.join(garbage.rows) or 'none'}.")


def feast_config(
    release_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Default: the announced release.")] = None,
) -> None:
    """Print a feature_store.yaml of the announced release, so that a Feast user reads what is served."""
    typer.echo(commands.feast_config(load(), release_id), nl=False)


def _home() -> Home:
    return Home(load().home)


def _pointer(pointer: Pointer) -> str:
    held = "announcements are held until: nightshelf releases resume" if pointer.held else "the next night announces"
    return f"Release {pointer.release} is served (before it: {pointer.previous or 'none'}); {held}."
