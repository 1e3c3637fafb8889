"""What every command prints with: plain text and tables on standard output, errors on standard error."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def say(text: str, style: str | None = None) -> None:
    """Print a sentence; what it quotes is never taken for markup, and a path in it is never broken."""
    console.print(text, style=style, markup=False, soft_wrap=True)


def fail(message: str) -> None:
    """Print an error's sentence; what it quotes is never taken for markup."""
    errors.print("Error:", style="bold red", end=" ")
    errors.print(message, markup=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> Table:
    """Return a table of the rows' texts; None shows as a dash, the first column is never broken."""
    made = Table(
        title=title, title_justify="left", box=None, pad_edge=False, collapse_padding=True, header_style="bold"
    )
    for position, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=position == 0)
    for row in rows:
        made.add_row(*("-" if cell is None else str(cell).replace("[", r"\[") for cell in row))
    return made
