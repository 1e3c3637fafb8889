"""``nightshelf evaluate``: the night's own stages on a dataset parted by a protocol, in a home that is thrown away."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from jobs.contract.atomic_files import write_atomically, write_json
from jobs.contract.run import absolute_dataset, code_version, open_run, run_date_of
from jobs.contract.settings import Settings
from jobs.contract.stages import STAGES
from jobs.contract.tables import EVALUATION, EVALUATION_GROUPS
from jobs.evaluation.results import metrics_json
from jobs.report.choices import choices_json
from jobs.report.night import run_report
from jobs.spark_io import read
from jobs.stage import execute

METRICS_FILE = "metrics.json"
REPORT_FILE = "report.html"
_LAST_STAGE = "evaluate"


def evaluate_dataset(
    spark: SparkSession, dataset: str, protocol: str, ks: list[int], out: Path, settings: Settings
) -> dict[str, Any]:
    """Run a protocol and write ``out/metrics.json`` and ``out/report.html``; never touches the home.

    Args:
        spark: The session.
        dataset: A built-in name or a folder.
        protocol: One of the five.
        ks: Cut-offs; the first is what the blend is chosen for.
        out: Folder, made when absent.
        settings: Everything else; its home, dataset and split protocol are replaced.

    Returns:
        What was written: {"protocol", "n_users", "n_items", "systems": {system: {metric: mean}}, "ci95", "seconds",
        ...}.

    Raises:
        DatasetError: If the dataset cannot be read or the protocol needs what it lacks.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nightshelf-evaluate-") as home:
        changed = settings.replace(
            home=home,
            dataset=absolute_dataset(dataset),
            split={"protocol": protocol},
            evaluate={"cutoffs": ks},
            # A list is as long as the longest cut-off, or recall there would be recall at its length.
            rank={"k": max(settings.rank.k, *ks)},
            candidates={"per_source": max(settings.candidates.per_source, *ks)},
        )
        run = open_run(changed, run_date_of(datetime.now(UTC), settings.schedule.timezone), announce=False)
        reports = {stage: execute(stage, run, spark) for stage in STAGES[: STAGES.index(_LAST_STAGE) + 1]}
        rows, groups = (read(spark, run, table).toPandas() for table in (EVALUATION, EVALUATION_GROUPS))
        page = run_report(spark, run, f"Nightshelf evaluation of {Path(dataset).name} by {protocol}")
    judged = reports[_LAST_STAGE]
    report = {
        "dataset": Path(dataset).name,
        "n_users": judged["n_users"],
        "n_items": judged["n_items"],
        "left_out": judged["left_out"],
        "ctr": judged["ctr"],
        "blend": {
            key: reports["rank_candidates"][key] for key in ("weights", "weights_of_scores", "keep_seen", "validation")
        },
        "choices": choices_json(reports),
        "stepped_aside": reports["generate_candidates"]["final"]["stepped_aside"],
        "stage_seconds": {stage: stage_report["seconds"] for stage, stage_report in reports.items()},
        "settings": changed.without_secrets() | {"home": None},
        "code_version": code_version(),
    }
    metrics = metrics_json(protocol, rows, groups, report, time.monotonic() - started)
    write_json(out / METRICS_FILE, metrics)
    write_atomically(out / REPORT_FILE, page.encode())
    return metrics
