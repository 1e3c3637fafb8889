"""A dataset's check as Rich tables for the terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from jobs.dataset.check import CheckReport, EventReport, TableReport


def render(report: CheckReport) -> RenderableType:
    """Return everything ``data check`` prints: tables, events, every fault with rows, and what follows from it."""
    return Group(*_parts(report))


def _parts(report: CheckReport) -> Iterator[RenderableType]:
    yield _tables(report.tables)
    if report.events is not None:
        yield _events(report.events, report.verb)
    for name, table in report.tables.items():
        if table.faults:
            yield _faults(name, table)
    for title, lines in (("Notes", report.notes), ("Steps aside", report.steps_aside), ("A run stops", report.stops)):
        if lines:
            yield Text(f"\n{title}", style="bold red" if lines is report.stops else "bold")
            yield from (Text(f"  {line}") for line in lines)
    if not report.stops:
        yield Text("\nReady to run.", style="bold green")


def _tables(tables: dict[str, TableReport]) -> Table:
    shown = Table("table", "file", "rows", "valid", "quarantined", "repaired", "columns", title="Tables")
    for name, table in tables.items():
        counts = table.counts
        files = table.files[0] if len(table.files) == 1 else f"{table.files[0]} and {len(table.files) - 1:,} more"
        repaired = ", ".join(f"{repair} {count:,}" for repair, count in counts.repaired.items())
        row = [name, files, f"{counts.rows_in:,}", f"{counts.valid:,}", f"{sum(counts.quarantined.values()):,}"]
        shown.add_row(*(escape(cell) for cell in [*row, repaired, ", ".join(table.columns)]))
    return shown


def _events(events: EventReport, verb: str) -> Table:
    shown = Table(title="Valid events", show_header=False)
    times = f"{events.first:%Y-%m-%d %H:%M} to {events.last:%Y-%m-%d %H:%M} UTC" if events.first else "none"
    rows = {
        "users": f"{events.n_users:,}",
        "items": f"{events.n_items:,} ({events.unknown_items:,} of them in events alone)",
        "times": times,
        "density": f"{events.density:.4%} of all pairs of user and item",
        "repeats": f"{events.repeat_share:.1%} of events take an item again",
        "types": ", ".join(f"{kind or 'not given'} {count:,}" for kind, count in events.by_type.items()),
        "reasons say": f"Because you {verb} ...",
    }
    for name, value in rows.items():
        shown.add_row(name, escape(value))
    return shown


def _faults(name: str, table: TableReport) -> Table:
    shown = Table("rule", "rows", "for instance", "why", title=f"Faults of {name}")
    for rule, found in table.faults.items():
        for i, example in enumerate(found):
            first = (rule, f"{table.counts.quarantined[rule]:,}") if i == 0 else ("", "")
            shown.add_row(*first, escape(example.place), escape(example.why))
        shown.add_section()
    return shown
