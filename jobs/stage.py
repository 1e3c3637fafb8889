"""Run one stage of one run: lock it, time it, keep its report, and turn its errors into one sentence."""

import ctypes
import gc
import importlib
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog
from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.contract.atomic_files import lock
from jobs.contract.errors import NightshelfError
from jobs.contract.run import Run, load_run

log = structlog.get_logger()


def execute(name: str, run: Run, spark: SparkSession | None) -> dict[str, Any]:
    """Run stage ``name`` and return its report, which is also kept in the run's folder.

    Raises:
        LockedError: If another process runs this stage for this date, or a newer run has taken the date.
        NightshelfError: Whatever the stage finds wrong.
    """
    program = importlib.import_module(f"jobs.{name}")
    with lock(run.home.locks / f"{name}-{run.run_date}", f"run {run.run_id}"):
        run.check_not_superseded()
        log.info("stage started", stage=name, run=run.run_id, run_date=str(run.run_date))
        started_at, started = datetime.now(UTC).isoformat(), time.monotonic()
        report: dict[str, Any] = program.run(spark, run)
        report |= {"started_at": started_at, "seconds": round(time.monotonic() - started, 3)}
        if spark:
            spark.catalog.clearCache()  # one session may run every stage of a night
        return_freed_memory()
        run.write_report(name, report)
    log.info(
        "stage finished",
        stage=name,
        **{key: value for key, value in report.items() if not isinstance(value, list | dict)},
    )
    return report


def return_freed_memory() -> None:
    """Give the system what was freed: glibc keeps pieces of less than some MB, and all stages may share one process."""
    gc.collect()
    with suppress(AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def main(name: str, *, with_spark: bool = True) -> NoReturn:
    """Run stage ``name`` as a program whose one argument is a run file; exit 1 with one sentence on a known fault.

    Args:
        name: The stage.
        with_spark: Whether it needs a session, which costs seconds to start.
    """
    if len(sys.argv) != 2:
        sys.exit(f"usage: {name}.py RUN_FILE (written by 'nightshelf run' and by the nightly DAG)")
    try:
        run = load_run(Path(sys.argv[1]))
        spark = spark_io.session(run.settings, f"nightshelf {name} {run.run_date}") if with_spark else None
        execute(name, run, spark)
    except NightshelfError as error:
        log.error("stage failed", stage=name, error=str(error))
        sys.exit(f"{name}: {error}")
    if spark:
        spark.stop()
    sys.exit(0)
