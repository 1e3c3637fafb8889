"""The nightly run: open it, then one Spark program a stage. Scheduling and nothing else happens here.

A run starts by ``schedule.cron`` in ``schedule.timezone``, by an event of the asset ``nightshelf_new_data``, or by
hand, where it takes ``{"dataset": NAME | DIR, "announce": true | false, "force": REASON}``. A backfill computes its
dates and announces none, unless it is given ``{"announce": true}``.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, Param, dag, task

from jobs.contract import run as runs
from jobs.contract import stages
from jobs.contract.settings import load

SETTINGS = load()
PROGRAMS = Path(stages.__file__).parents[1]
NEW_DATA = Asset("nightshelf_new_data")


@task
def open_run(dag_run: Any = None, params: Any = None) -> str:  # noqa: ANN401 - Airflow's own, given by name
    """Open the run and return its file, the one argument of every stage."""
    settings = load(dataset=params["dataset"]) if params["dataset"] else load()
    # Manual and asset-triggered runs have no logical date in Airflow 3: theirs is the time they were due.
    run_date = runs.run_date_of(dag_run.logical_date or dag_run.run_after, settings.schedule.timezone)
    announce = dag_run.run_type != "backfill" if params["announce"] is None else params["announce"]
    return str(runs.open_run(settings, run_date, announce=announce, force=params["force"]).file)


def stage(name: str) -> SparkSubmitOperator:
    """Return the task that runs one stage's program on the connection ``spark_default``."""
    return SparkSubmitOperator(
        task_id=name,
        name=f"nightshelf-{name}",
        application=str(PROGRAMS / f"{name}.py"),
        application_args=["{{ ti.xcom_pull(task_ids='open_run') }}"],
        driver_memory=SETTINGS.spark.driver_memory,
        # The interpreter of this environment, also for the executors' Python workers.
        conf={"spark.pyspark.python": sys.executable, "spark.ui.enabled": "false", **SETTINGS.spark.conf},
    )


@dag(
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(SETTINGS.schedule.cron, timezone=SETTINGS.schedule.timezone), assets=[NEW_DATA]
    ),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
    params={
        "dataset": Param(None, type=["null", "string"], description="Built-in name or folder; empty: the setting."),
        "announce": Param(None, type=["null", "boolean"], description="Empty: yes, unless this is a backfill."),
        "force": Param(None, type=["null", "string"], description="Reason to announce against the verdict; recorded."),
    },
    tags=["nightshelf"],
    doc_md=__doc__,
)  # type: ignore[untyped-decorator]  # Airflow's imports are not followed
def nightly() -> None:
    """Chain the stages as their READS and WRITES demand; embedding needs no behaviour, so it runs beside training."""
    validate = stage("validate")
    split_events = stage("split_events")
    embed_items = stage("embed_items")
    train_als = stage("train_als")
    train_item_item = stage("train_item_item")
    train_spectral = stage("train_spectral")
    train_bivae = stage("train_bivae")
    train_sequence = stage("train_sequence")
    generate_candidates = stage("generate_candidates")
    rank_candidates = stage("rank_candidates")
    evaluate = stage("evaluate")
    publish = stage("publish")
    announce = stage("announce")

    open_run() >> validate >> [split_events, embed_items]
    split_events >> [train_als, train_item_item, train_spectral, train_bivae]
    [split_events, embed_items] >> train_sequence
    [train_als, train_item_item, train_spectral, train_bivae, train_sequence] >> generate_candidates
    generate_candidates >> rank_candidates >> evaluate >> publish >> announce


nightly()
