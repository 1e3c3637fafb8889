"""Collect and clean a dataset: its tables typed and checked, bad rows put aside with the rule they broke."""

from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import QUARANTINE, VALIDATED_EVENTS
from jobs.dataset.open_dataset import open_dataset
from jobs.dataset.resolve import resolve
from jobs.dataset.tables import EVENTS, INPUTS, ITEMS
from jobs.validation.bad_share import check_bad_share
from jobs.validation.catalogue import unknown_items
from jobs.validation.event_summary import summarise_events
from jobs.validation.judged_dataset import JudgedTable, judged_dataset
from jobs.validation.judged_rows import RULE
from jobs.validation.report import explain_nothing_valid, report

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
            raise DatasetError(explain_nothing_valid(run, dataset, judged[EVENTS.name].counts))
        n_unknown = _write_tables(spark, run, judged)
        events = summarise_events(spark_io.read(spark, run, VALIDATED_EVENTS))
        return report(run, dataset, judged, events, n_unknown)


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


if __name__ == "__main__":
    from jobs.stage import main

    main("validate")
