"""Lake and models keep the newest ``lake.keep_days`` days; older ones go when a night is announced, busy ones stay."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from jobs.contract.atomic_files import read_json
from jobs.contract.home import Home
from jobs.contract.run import Run, load_run
from jobs.contract.stages import STAGES

_GIVEN_UP_AFTER = timedelta(days=7)
"""A run without its last stage's report is taken for dead after so long."""


def remove_old_partitions(run: Run) -> list[str]:
    """Remove what the run's date leaves behind and return the dates that went, oldest first.

    Dates that an unfinished run still works on stay: a backfill beside the night loses nothing under its hands.
    """
    kept = (run.home.lake, run.home.models)
    partitions = [(_date_of(path), path) for folder in kept for path in folder.glob("*/run_date=*")]
    oldest_kept = run.run_date - timedelta(days=run.settings.lake.keep_days - 1)
    busy = _unfinished_dates(run.home)
    old = sorted((day, path) for day, path in partitions if day < oldest_kept and day not in busy)
    for _, path in old:
        shutil.rmtree(path)
    return sorted({day.isoformat() for day, _ in old})


def _unfinished_dates(home: Home) -> set[date]:
    owners = [load_run(home.runs / read_json(file)["run_id"] / "run.json") for file in home.runs.glob("owners/*.json")]
    alive_since = datetime.now(UTC) - _GIVEN_UP_AFTER
    return {
        owner.run_date
        for owner in owners
        if owner.opened_at > alive_since and not (owner.folder / f"{STAGES[-1]}.json").exists()
    }


def _date_of(partition: Path) -> date:
    return date.fromisoformat(partition.name.removeprefix("run_date="))
