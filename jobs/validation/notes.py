"""What a report tells in sentences: what was decided or mended without being told."""

from jobs.dataset.open_dataset import Dataset
from jobs.validation.event_summary import EventSummary
from jobs.validation.judged_dataset import JudgedTable


def notes(dataset: Dataset, judged: dict[str, JudgedTable], events: EventSummary, n_unknown: int) -> list[str]:
    """Return one sentence for each decision.

    Args:
        dataset: As it was opened.
        judged: Its tables.
        events: Summary of the valid events.
        n_unknown: Items that only events name.
    """
    found = list(dataset.notes)
    n_untimed = sum(events.by_type.values()) - events.n_timed
    if not events.n_timed:
        found.append("events have no times: whatever needs them steps aside, and the split is by input order")
    elif n_untimed:
        found.append(f"events: {n_untimed:,} have no time; they count as older than all others")
    if n_unknown:
        found.append(f"{n_unknown:,} items are named by events alone: kept, called by their ids, without texts")
    for name, table in judged.items():
        if n_later := table.counts.after_run_date:
            found.append(f"{name}: {n_later:,} rows are after the run date; put aside, and not counted as bad")
        if n_replaced := table.counts.repaired.get("invalid_utf8_replaced"):
            found.append(
                f"{name}: {n_replaced:,} rows held bytes that are no UTF-8, replaced by U+FFFD; "
                f"if the file has another encoding, say so in dataset.yaml ({name}: {{encoding: latin-1}})"
            )
    return found
