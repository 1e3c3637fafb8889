"""Announce: move CURRENT to the run's release, if its verdict and the order of runs allow it."""

from typing import Any

from pyspark.sql import SparkSession

from jobs.contract.run import Run
from jobs.old_partitions import remove_old_partitions
from jobs.releases.announcing import announce

READS = ("releases", "CURRENT")
WRITES = ("CURRENT",)


def run(spark: SparkSession | None, run: Run) -> dict[str, Any]:
    """Announce the run's release or report why not; a refusal is no failure.

    Raises:
        ReleaseError: If the release or CURRENT is damaged.
    """
    report = announce(run)
    return {**report, "old_partitions": remove_old_partitions(run) if report["announced"] else []}


if __name__ == "__main__":
    from jobs.stage import main

    main("announce", with_spark=False)
