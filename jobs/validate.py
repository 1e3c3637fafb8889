"""Collect and clean a dataset: its tables typed and checked, bad rows put aside with the rule they broke."""

from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from jobs import spark_io
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import QUARANTINE, VALIDATED_EVENTS
from jobs.dataset.open_dataset import Dataset, open_dataset
from jobs.dataset.resolve import resolve
from jobs.dataset.tables import EVENTS, INPUTS, ITEMS
from jobs.validation.bad_share import check_bad_share
from jobs.validation.catalogue import unknown_items
from jobs.validation.event_summary import EventSummary, summarise_events
from jobs.validation.judged_dataset import JudgedTable, judged_dataset
from jobs.validation.judged_rows import RULE
from jobs.validation.notes import notes
from jobs.validation.table_counts import TableCounts

READS = ("dataset",)
WRITES = (
    "validated_events",
    "validated_items",
    "validated_users",
    "validated_graph",
    "validated_item_links",
    "validated_social",
    "quarantine",
)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the validated tables (empty ones for tables the dataset lacks) and the quarantine; return the report.

    Raises:
        DatasetError: If the dataset cannot be read, a table has too many bad rows, or no event is valid. The
            quarantine is written before that, so that the rows can be looked at.
    """
    dataset = open_dataset(resolve(run.settings.dataset))
    limits = run.settings.validate
    with judged_dataset(spark, dataset, limits, run.end_of_date, run.opened_at) as judged:
        spark_io.write(_quarantine(spark, judged), run, QUARANTINE)
        check_bad_share(judged, limits.max_bad_share, str(run.home.partition(QUARANTINE.name, run.run_date)))
        if not judged[EVENTS.name].counts.valid:
            raise DatasetError(_explain_nothing_valid(run, dataset, judged[EVENTS.name].counts))
        n_unknown = _write_tables(spark, run, judged)
        events = summarise_events(spark_io.read(spark, run, VALIDATED_EVENTS))
        return _report(run, dataset, judged, events, n_unknown)


def _explain_nothing_valid(run: Run, dataset: Dataset, counts: TableCounts) -> str:
    found = f"{dataset.folder} holds 0 valid events, so there is nothing to learn from"
    if not counts.after_run_date:
        return f"{found}."
    others = f" but {counts.bad:,} bad ones" if counts.bad else ""
    return (
        f"{found}: all {counts.rows_in:,} events{others} are after the run date {run.run_date}. "
        "Run a date that the events reach: nightshelf run --run-date YYYY-MM-DD."
    )


def _write_tables(spark: SparkSession, run: Run, judged: dict[str, JudgedTable]) -> int:
    """Write every validated table and return the number of items that only events know."""
    valid = {
        table.name: judged[table.name].valid if table.name in judged else _empty(spark, table.validated.ddl)
        for table in INPUTS
    }
    n_known = judged[ITEMS.name].counts.valid if ITEMS.name in judged else 0
    valid[ITEMS.name] = valid[ITEMS.name].unionByName(unknown_items(valid[EVENTS.name], valid[ITEMS.name]))
    n_rows = {table.name: spark_io.write(valid[table.name], run, table.validated) for table in INPUTS}
    return n_rows[ITEMS.name] - n_known


def _quarantine(spark: SparkSession, judged: dict[str, JudgedTable]) -> DataFrame:
    bad = [
        table.rows.where(F.col(RULE).isNotNull()).withColumn("table", F.lit(name)).select(*QUARANTINE.names)
        for name, table in judged.items()
    ]
    return reduce(DataFrame.unionByName, bad, _empty(spark, QUARANTINE.ddl))


def _empty(spark: SparkSession, ddl: str) -> DataFrame:
    return spark.createDataFrame([], ddl)


def _report(
    run: Run, dataset: Dataset, judged: dict[str, JudgedTable], events: EventSummary, n_unknown: int
) -> dict[str, Any]:
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


if __name__ == "__main__":
    from jobs.stage import main

    main("validate")
