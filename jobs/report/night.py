"""What a run has counted, gathered for its report."""

from typing import Any

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.stages import STAGES
from jobs.report.data import ReportData, number
from jobs.report.judged_lists import judged_lists, list_calibration, list_popularity
from jobs.report.page import report_page


def run_report(spark: SparkSession, run: Run, title: str) -> str:
    """Return a run's report as HTML, from the tables and stage reports that are there.

    Args:
        spark: The session.
        run: At least its stage ``evaluate`` has finished.
        title: Of the page.
    """
    return report_page(gather(spark, run, title))


def gather(spark: SparkSession, run: Run, title: str) -> ReportData:
    """Return what ``report_page`` shows of a run."""
    settings = run.settings
    ranked, parted = (spark_io.read(spark, run, table) for table in (tables.RANKED, tables.INTERACTIONS))
    evaluation = spark_io.read(spark, run, tables.EVALUATION).orderBy("system", "metric").collect()
    groups = spark_io.read(spark, run, tables.EVALUATION_GROUPS).orderBy("attribute", "group").collect()
    judged = judged_lists(ranked, parted, settings).persist()
    data = ReportData(
        title=title,
        facts=_facts(run),
        k=settings.evaluate.cutoffs[0],
        evaluation=[row.asDict() for row in evaluation],
        groups=[row.asDict() for row in groups],
        stages={stage: run.report(stage) for stage in STAGES if run.has_report(stage)},
        settings=settings.without_secrets(),
        calibration=list_calibration(judged, settings),
        popularity=list_popularity(judged, parted, settings),
    )
    judged.unpersist()
    return data


def _facts(run: Run) -> list[tuple[str, str]]:
    known: dict[str, Any] = {
        "users judged": run.report("evaluate").get("n_users"),
        "items": run.report("evaluate").get("n_items"),
    }
    return [
        ("dataset", run.settings.dataset.rpartition("/")[2]),
        ("protocol", run.settings.split.protocol),
        ("night of", run.run_date.isoformat()),
        ("data up to", str(run.report("validate")["as_of"])),
        ("run", run.run_id),
        ("code", run.code_version),
        *((label, number(value)) for label, value in known.items() if value is not None),
    ]
