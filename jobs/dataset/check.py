"""What a dataset folder holds and everything that is wrong with it, without touching any home."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import run_date_of
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.dataset.open_dataset import open_dataset
from jobs.dataset.steps_aside import steps_aside
from jobs.dataset.tables import EVENTS, ITEMS
from jobs.validation.catalogue import unknown_items
from jobs.validation.event_summary import EventSummary, summarise_events
from jobs.validation.judged_dataset import JudgedTable, judged_dataset
from jobs.validation.notes import notes
from jobs.validation.table_counts import Example, TableCounts, example_rows

ROWS_PER_RULE = 5


@dataclass(frozen=True)
class TableReport:
    """One table of the folder.

    Attributes:
        files: Its parts, as ``input_file`` calls them.
        format: parquet, csv or jsonl.
        columns: Contract columns that are there.
        missing: Contract columns that are not.
        ignored: Their columns outside the contract: attributes of items and users; in events they only tell rows
            apart; unused in other tables.
        counts: Rows in, valid, quarantined by rule, repaired.
        faults: Rule -> the first five rows that broke it.
    """

    files: list[str]
    format: str
    columns: list[str]
    missing: list[str]
    ignored: list[str]
    counts: TableCounts
    faults: dict[str, list[Example]]


@dataclass(frozen=True)
class EventReport:
    """What the valid events are like.

    Attributes:
        n_users: Distinct users.
        n_items: Distinct items.
        density: Distinct pairs of user and item, as a share of all pairs there could be.
        repeat_share: Share of events whose user had taken that item in another event before.
        first: Oldest time, UTC, or None.
        last: Newest time, UTC, or None.
        by_type: Event type ("" = not given) -> events.
        unknown_items: Items that only events name.
    """

    n_users: int
    n_items: int
    density: float
    repeat_share: float
    first: datetime | None
    last: datetime | None
    by_type: dict[str, int]
    unknown_items: int


@dataclass(frozen=True)
class CheckReport:
    """What ``data check`` shows.

    Attributes:
        folder: The dataset.
        tables: Table name -> what it holds.
        events: What the valid events are like; None if there are none.
        verb: For reasons.
        steps_aside: What will not run, or runs with less, for want of a table or column.
        stops: Why a run with these settings would stop; empty if it would not.
        notes: What was decided without being told.
    """

    folder: Path
    tables: dict[str, TableReport]
    events: EventReport | None
    verb: str
    steps_aside: list[str]
    stops: list[str]
    notes: list[str]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values; times and the path as they are."""
        return asdict(self)


def check_dataset(folder: Path, settings: Settings) -> CheckReport:
    """Return the report on a folder, with a Spark session of its own where none is running.

    Raises:
        DatasetError: If the folder is no dataset, or a file cannot be read to its end.
    """
    return check(spark_io.session(settings, f"nightshelf data check {folder.name}"), folder, settings)


def check(spark: SparkSession, folder: Path, settings: Settings) -> CheckReport:
    """Return the report on a folder, judged as by a run of today.

    Raises:
        DatasetError: If the folder is no dataset, or a file cannot be read to its end.
    """
    dataset = open_dataset(folder)
    now = datetime.now(UTC)
    with judged_dataset(spark, dataset, settings.validate, _end_of_day(now, settings), now) as judged:
        events = judged[EVENTS.name].valid
        summary = summarise_events(events)
        known = judged[ITEMS.name].valid if ITEMS.name in judged else None
        event_report = _event_report(events, known, summary) if summary.by_type else None
        return CheckReport(
            folder=folder,
            tables={name: _table_report(table) for name, table in judged.items()},
            events=event_report,
            verb=dataset.mapping.verb or summary.verb(),
            steps_aside=steps_aside(dataset),
            stops=_stops(judged, settings.validate.max_bad_share),
            notes=notes(dataset, judged, summary, event_report.unknown_items if event_report else 0),
        )


def _end_of_day(now: datetime, settings: Settings) -> datetime:
    timezone = settings.schedule.timezone
    tomorrow = run_date_of(now, timezone) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(timezone)).astimezone(UTC)


def _table_report(table: JudgedTable) -> TableReport:
    source = table.source
    return TableReport(
        files=[source.file_name(part) for part in source.parts],
        format=source.format,
        columns=list(source.present),
        missing=list(source.missing),
        ignored=list(source.ignored),
        counts=table.counts,
        faults={rule: example_rows(table.rows, rule, ROWS_PER_RULE) for rule in table.counts.quarantined},
    )


def _event_report(events: DataFrame, items: DataFrame | None, summary: EventSummary) -> EventReport:
    pairs = events.groupBy(USER_ID, ITEM_ID).agg(F.count(F.lit(1)).alias("n"))
    totals = pairs.agg(
        F.count_distinct(USER_ID).alias("users"),
        F.count_distinct(ITEM_ID).alias("items"),
        F.count(F.lit(1)).alias("pairs"),
        F.sum("n").alias("events"),
    ).first()
    assert totals is not None  # noqa: S101 - an aggregation without groups has one row
    return EventReport(
        n_users=totals["users"],
        n_items=totals["items"],
        density=totals["pairs"] / (totals["users"] * totals["items"]),
        repeat_share=1 - totals["pairs"] / totals["events"],
        first=summary.first,
        last=summary.last,
        by_type={kind or "": count for kind, count in summary.by_type.items()},
        unknown_items=totals["items"] if items is None else unknown_items(events, items).count(),
    )


def _stops(judged: dict[str, JudgedTable], max_bad_share: float) -> list[str]:
    too_bad = [
        f"{name}: {table.counts.bad_share:.1%} of the rows are bad, the limit is {max_bad_share:.1%}; "
        "mend the rows, or run with --max-bad-share"
        for name, table in judged.items()
        if table.counts.bad_share > max_bad_share
    ]
    return too_bad if judged[EVENTS.name].counts.valid else [*too_bad, "events: no row is valid"]
