"""All tables of a dataset, judged and kept on disk while they are needed."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.contract.errors import DatasetError
from jobs.contract.settings import Validate
from jobs.dataset.open_dataset import Dataset
from jobs.dataset.read_rows import read_rows
from jobs.dataset.source import UNREADABLE, Source
from jobs.dataset.tables import EVENTS, ITEMS, SOCIAL, USERS
from jobs.validation.event_rules import event_judgement
from jobs.validation.item_rules import item_judgement
from jobs.validation.judged_rows import RULE, judge_rows
from jobs.validation.judgement import Judgement
from jobs.validation.pair_rules import identifiers_judgement, social_judgement, user_judgement
from jobs.validation.table_counts import TableCounts, count_rows, example_rows


@dataclass(frozen=True)
class JudgedTable:
    """One table's rows with their verdicts, persisted, and its counts."""

    source: Source
    rows: DataFrame
    counts: TableCounts

    @property
    def valid(self) -> DataFrame:
        """The rows that broke no rule, with the table's contract columns."""
        return self.rows.where(F.col(RULE).isNull()).select(*self.source.table.validated.names)


@contextlib.contextmanager
def judged_dataset(
    spark: SparkSession, dataset: Dataset, limits: Validate, end_of_date: datetime, now: datetime
) -> Iterator[dict[str, JudgedTable]]:
    """Judge every table that the dataset has; their rows stay on the executors' disks for the block.

    Args:
        spark: The session.
        dataset: As it was opened.
        limits: What makes a row bad.
        end_of_date: The first instant after the run date, UTC.
        now: The present moment, UTC; times after it are known to nobody.

    Yields:
        Table name -> its judged rows and counts.

    Raises:
        DatasetError: If a part cannot be read to its end, whatever share of bad rows is allowed.
    """
    frames: dict[str, DataFrame] = {}
    try:
        for name, source in dataset.sources.items():
            judgement = _judgement(source, dataset, limits, end_of_date, now)
            # Kept on disk rather than computed again: reading and judging cost more than any disk.
            frames[name] = judge_rows(read_rows(spark, source), judgement).persist(StorageLevel.DISK_ONLY)
        # Side by side: a small table takes the driver's time and not the executors'.
        with ThreadPoolExecutor(len(frames)) as pool:
            counts = pool.map(count_rows, frames.values())
            tables = zip(dataset.sources.values(), frames.values(), counts, strict=True)
            judged = {source.table.name: JudgedTable(source, rows, counted) for source, rows, counted in tables}
        for table in judged.values():
            _check_readable(table)
        yield judged
    finally:
        for rows in frames.values():
            rows.unpersist()


def _judgement(source: Source, dataset: Dataset, limits: Validate, end_of_date: datetime, now: datetime) -> Judgement:
    if source.table is EVENTS:
        return event_judgement(source, dataset.mapping.event_types, limits, end_of_date, now)
    if source.table is ITEMS:
        return item_judgement(source, limits)
    if source.table is USERS:
        return user_judgement(source, limits)
    if source.table is SOCIAL:
        return social_judgement(source, limits, end_of_date, now)
    return identifiers_judgement(source, limits)


def _check_readable(table: JudgedTable) -> None:
    if UNREADABLE in table.counts.quarantined:
        fault = example_rows(table.rows, UNREADABLE, 1)[0]
        raise DatasetError(
            f"{fault.place.removesuffix(':0')} cannot be read to its end ({fault.why}): "
            "it was cut or overwritten. Copy it again."
        )
