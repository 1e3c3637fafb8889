"""One night on the tiny dataset, run once for every test here."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from jobs.contract.home import Home
from jobs.contract.run import Run, open_run
from jobs.contract.settings import Settings, load
from jobs.contract.stages import STAGES
from jobs.stage import execute
from tests.tiny_dataset import write_tiny_dataset

RUN_DATE = date(2026, 1, 31)
# Small enough that the time goes into Spark's own overhead, large enough that every source says something.
QUICK = {
    "als": {"rank": 4, "alpha": 2, "regularisation": 0.2, "iterations": 3},
    "bivae": {"starts": 2, "max_epochs": 20},
    "candidates": {"per_source": 20, "neighbours": 10},
    "evaluate": {"bootstrap": 100, "night_ablation_users": 0},
    "rank": {"k": 15},
    "spark": {"master": "local[2]", "shuffle_partitions": 2, "driver_memory": "1g"},
    "publish": {"n_trees": 5},
}


@dataclass(frozen=True)
class Night:
    """A finished night."""

    settings: Settings
    run: Run
    reports: dict[str, dict]

    @property
    def home(self) -> Home:
        return self.run.home


def run_night(spark, settings: Settings, run_date: date = RUN_DATE) -> Night:
    run = open_run(settings, run_date)
    return Night(settings, run, {stage: execute(stage, run, spark) for stage in STAGES})


@pytest.fixture(scope="package")
def tiny_settings(tmp_path_factory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("tiny")
    dataset = write_tiny_dataset(folder / "films")
    return load(home=str(folder / "home"), dataset=str(dataset), **QUICK)


@pytest.fixture(scope="package")
def night(spark, tiny_settings) -> Night:
    return run_night(spark, tiny_settings)
