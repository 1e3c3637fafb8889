"""What ``validate`` says of a dataset: its report, and the sentence when nothing is left."""

from typing import Any

from jobs.contract.run import Run
from jobs.dataset.open_dataset import Dataset
from jobs.dataset.tables import EVENTS
from jobs.validation.event_summary import EventSummary
from jobs.validation.judged_dataset import JudgedTable
from jobs.validation.notes import notes
from jobs.validation.table_counts import TableCounts


def report(
    run: Run, dataset: Dataset, judged: dict[str, JudgedTable], events: EventSummary, n_unknown: int
) -> dict[str, Any]:
    """Return the stage's report: when the data ends, its verb, counts by table and rule, and notes for people."""
    return {
        "as_of": events.as_of(run.end_of_date).isoformat(),
        "verb": dataset.mapping.verb or events.verb(),
        "has_timestamps": events.n_timed > 0,
        "n_events": judged[EVENTS.name].counts.valid,
        "n_quarantined": sum(sum(table.counts.quarantined.values()) for table in judged.values()),
        "unknown_items": n_unknown,
        "event_types": {kind or "": count for kind, count in events.by_type.items()},
        "tables": {name: table.counts.as_json() for name, table in judged.items()},
        "notes": notes(dataset, judged, events, n_unknown),
    }


def explain_nothing_valid(run: Run, dataset: Dataset, counts: TableCounts) -> str:
    """Return why no event is valid and, where the run date is the reason, what to do."""
    found = f"{dataset.folder} holds 0 valid events, so there is nothing to learn from"
    if not counts.after_run_date:
        return f"{found}."
    others = f" but {counts.bad:,} bad ones" if counts.bad else ""
    return (
        f"{found}: all {counts.rows_in:,} events{others} are after the run date {run.run_date}. "
        "Run a date that the events reach: nightshelf run --run-date YYYY-MM-DD."
    )
