"""What a ranker is chosen and fitted on must not know what users took next; where it does, the check must say so."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.settings import load
from jobs.contract.tables import Fold, Part
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on
from jobs.ranking.block import build_block
from jobs.ranking.features import features
from jobs.ranking.fold import open_fold
from jobs.ranking.lists import rankable
from jobs.ranking.statistics import ItemStatistics, item_statistics, user_statistics
from jobs.ranking.validation import gathered_validation

SETTINGS = load()
SOURCES = ["als", "text"]
PARTED = (
    "user_id string, item_id string, part string, weight double, n_events int, last_timestamp timestamp, "
    "last_order bigint"
)
CANDIDATES = [
    ("backtest", user_id, item_id, source, score, rank, False, [])
    for user_id in ("ann", "bob")
    for item_id, source, score, rank in (("a", "als", 0.9, 1), ("n", "als", 0.5, 2), ("n", "text", 3.0, 1))
]


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


TRAINED = [
    ("ann", "x", "train", 1.0, 1, at(1), 1),
    ("ann", "y", "train", 0.0, 2, at(3), 2),
    ("bob", "a", "train", 1.0, 1, at(2), 1),
    ("bob", "x", "train", 1.0, 3, at(4), 2),
]
# The same users took other items, more often and later.
HELD_OUT = [
    ("ann", "a", "validation", 1.0, 1, at(5), 3),
    ("bob", "n", "validation", 1.0, 1, at(6), 3),
    ("ann", "n", "test", 1.0, 1, at(7), 4),
]
CHANGED = [
    ("ann", "n", "validation", 1.0, 5, at(9), 3),
    ("ann", "x", "validation", 1.0, 2, at(10), 4),
    ("bob", "a", "validation", 2.0, 1, at(11), 3),
    ("bob", "new", "test", 1.0, 7, at(20), 4),
    ("cy", "a", "test", 1.0, 1, at(21), 1),
]
Opened = tuple[DataFrame, ItemStatistics]


def tell_what_was_held_out(spark, scratch: Path, open_backtest: Callable[[DataFrame], Opened]) -> bool:
    """Return whether rows or features of the backtest change, by a single bit, with its held-out events.

    Args:
        scratch: An empty folder.
        open_backtest: Gives candidates, from ``rankable``, and item statistics, of rows of ``interactions``.
    """
    known = []
    for held_out in (HELD_OUT, CHANGED):
        parted = spark.createDataFrame([*TRAINED, *held_out], PARTED)
        rows, items = open_backtest(parted)
        with gathered_validation(rows, items, parted, SETTINGS, scratch) as validation:
            gathered = validation.rows.to_table()
        assert gathered["user_id"].to_pylist() == ["ann"] * 3 + ["bob"] * 3  # else there is nothing to compare
        block = build_block(gathered, SOURCES, keep_seen=False, depth=validation.depth)
        known.append((gathered, features(block, items)))
    (rows, first), (changed_rows, second) = known
    return first.tobytes() != second.tobytes() or not rows.equals(changed_rows)


def statistics_over(
    spark, parts: tuple[Part, ...], user_parts: tuple[Part, ...] | None = None
) -> Callable[[DataFrame], Opened]:
    """Return an ``open_backtest`` that counts in these parts."""

    def open_backtest(parted: DataFrame) -> Opened:
        users = user_statistics(merge_parts(parted, user_parts or parts))
        candidates = spark.createDataFrame(CANDIDATES, tables.CANDIDATES.ddl)
        return rankable(candidates, users, None), item_statistics(merge_parts(parted, parts))

    return open_backtest


BACKTEST = trained_on(Fold.BACKTEST, SETTINGS.split)
LEAKS = {
    "statistics of all parts": (tuple(Part), None),
    "the final fold of the night": (trained_on(Fold.FINAL, SETTINGS.split), None),
    "the users alone, of all parts": (BACKTEST, tuple(Part)),
}


def test_statistics_of_the_backtest_do_not_tell_what_was_held_out(spark, tmp_path):
    assert not tell_what_was_held_out(spark, tmp_path / "rows", statistics_over(spark, BACKTEST))


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_noticed(spark, tmp_path, leak):
    assert tell_what_was_held_out(spark, tmp_path / "rows", statistics_over(spark, *LEAKS[leak]))


@pytest.fixture
def open_with(spark, make_run):
    """Return a function: an ``open_backtest`` that opens a fold as the program does, of tables on disk."""
    run = make_run()
    run.write_report("validate", {"as_of": at(31).isoformat()})
    final = [("final", *row[1:]) for row in CANDIDATES]
    spark_io.write(spark.createDataFrame([*CANDIDATES, *final], tables.CANDIDATES.ddl), run, tables.CANDIDATES)
    for table in (tables.VALIDATED_ITEMS, tables.ITEM_EMBEDDINGS):
        spark_io.write(spark.createDataFrame([], table.ddl), run, table)

    def of(fold: Fold) -> Callable[[DataFrame], Opened]:
        def open_backtest(parted: DataFrame) -> Opened:
            opened = open_fold(spark, run, fold, parted)
            return opened.rows, opened.items

        return open_backtest

    return of


def test_the_backtest_as_the_program_opens_it_does_not_tell_what_was_held_out(spark, tmp_path, open_with):
    assert not tell_what_was_held_out(spark, tmp_path / "rows", open_with(Fold.BACKTEST))


def test_choosing_on_the_final_fold_instead_is_noticed(spark, tmp_path, open_with):
    assert tell_what_was_held_out(spark, tmp_path / "rows", open_with(Fold.FINAL))


def test_the_check_compares_what_the_trees_are_given(spark):
    parted = spark.createDataFrame([*TRAINED, *HELD_OUT], PARTED)
    rows, items = statistics_over(spark, BACKTEST)(parted)
    block = build_block(rows.where(F.col("user_id") == "bob").orderBy("item_id").toArrow(), SOURCES, False, 10)
    # bob liked both of his items and was there last; one user met a, two days before the newest event
    np.testing.assert_allclose(features(block, items)[0, -6:], [np.log(2), np.log(2), 2, 2, 2, 0], rtol=1e-6)
