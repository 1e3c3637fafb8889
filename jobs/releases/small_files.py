"""The item map, the popular list, the evaluation and the report of a release."""

from pyspark.sql import DataFrame, SparkSession

from jobs.contract.atomic_files import write_atomically, write_json
from jobs.contract.release import FALLBACK, ITEMS, REPORT
from jobs.contract.release_files import write_fallback, write_item_map
from jobs.releases.attempt import Attempt
from jobs.releases.fallback import popular
from jobs.releases.item_map import build_item_map
from jobs.report.night import run_report

EVALUATION_FILE = f"{REPORT}/evaluation.json"
REPORT_FILE = f"{REPORT}/report.html"


def write_small_files(
    attempt: Attempt, profiles: DataFrame, interactions: DataFrame, evaluation: DataFrame, indexed_ids: list[str]
) -> dict[str, dict[str, float]]:
    """Write the item map, the popular list and the evaluation; return the metrics by system."""
    write_item_map(attempt.folder / ITEMS, build_item_map(profiles, indexed_ids))
    settings = attempt.run.settings
    fallback = popular(interactions, profiles, attempt.as_of, settings.publish.fallback, settings.rules.exclusions)
    write_fallback(attempt.folder / FALLBACK, fallback)
    rows = [row.asDict() for row in evaluation.orderBy("system", "metric").collect()]
    write_json(attempt.folder / EVALUATION_FILE, rows)
    metrics: dict[str, dict[str, float]] = {}
    for row in rows:
        metrics.setdefault(row["system"], {})[row["metric"]] = row["value"]
    return metrics


def write_report(spark: SparkSession, attempt: Attempt) -> None:
    """Write the night's report as one HTML file that needs nothing else; see ``jobs.report``."""
    page = run_report(spark, attempt.run, f"Nightshelf release {attempt.release_id}")
    write_atomically(attempt.folder / REPORT_FILE, page.encode())
