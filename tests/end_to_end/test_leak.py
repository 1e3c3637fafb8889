"""Nothing that is held out for the backtest reaches what its candidates come from."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import Run, open_run
from jobs.contract.stages import STAGES
from jobs.contract.tables import CANDIDATES, FOLD, INTERACTIONS, PART, Fold, Part
from jobs.stage import execute
from tests.end_to_end.conftest import RUN_DATE
from tests.tiny_dataset import write_tiny_dataset

UP_TO_CANDIDATES = STAGES[: STAGES.index("generate_candidates") + 1]

FITTED = {"als", "item_item", "ease", "spectral", "sequence", "attention", "text", "popular"}


def candidates(spark, run: Run, fold: Fold) -> dict[tuple[str, str], list[str]]:
    """Return (source, user) -> items, best first."""
    rows = spark_io.read(spark, run, CANDIDATES).where(F.col(FOLD) == fold.value).collect()
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.source_rank, row.item_id)):
        found[row.source, row.user_id].append(row.item_id)
    return dict(found)


def exchange(events: Path, pairs: set[tuple[str, str]]) -> None:
    """Let every user have taken another item in place of each of ``pairs``, at the same time."""
    with events.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    item_ids = sorted({row[1] for row in rows})
    taken = {(row[0], row[1]) for row in rows}
    for place, row in enumerate(rows):
        if (row[0], row[1]) in pairs:
            unseen = [item_id for item_id in item_ids if (row[0], item_id) not in taken]
            row[1] = unseen[place % len(unseen)]
            taken.add((row[0], row[1]))
    with events.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def other_run(spark, night, tmp_path) -> Run:
    """A run of the same data, but for what was held out: other items in its place."""
    held = spark_io.read(spark, night.run, INTERACTIONS).where(F.col(PART) == Part.TEST.value)
    dataset = write_tiny_dataset(tmp_path / "films")
    exchange(dataset / "events.csv", {(row.user_id, row.item_id) for row in held.collect()})
    settings = night.settings.replace(home=str(tmp_path / "home"), dataset=str(dataset))
    run = open_run(settings, RUN_DATE)
    for stage in UP_TO_CANDIDATES:
        execute(stage, run, spark)
    return run


def test_other_held_out_events_change_tonights_candidates_and_none_of_the_backtests(spark, night, other_run):
    ours, theirs = (candidates(spark, run, Fold.BACKTEST) for run in (night.run, other_run))
    sources = {source for source, _ in ours}
    assert sources >= FITTED
    assert {key for key in ours if ours[key] != theirs.get(key)} == set()
    assert ours.keys() == theirs.keys()
    # The leak is there to be caught: what is fitted to all data knows the other events.
    ours, theirs = (candidates(spark, run, Fold.FINAL) for run in (night.run, other_run))
    changed = {source for source, user in ours if ours[source, user] != theirs.get((source, user))}
    assert changed >= FITTED
