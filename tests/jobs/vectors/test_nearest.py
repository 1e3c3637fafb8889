import numpy as np
import pytest

from jobs.releases.neighbours import neighbour_table
from jobs.releases.vectors import Vectors
from jobs.vectors.nearest import nearest, nearest_by_spark

UNIT = np.array([[1, 0], [0.6, 0.8], [0, 1], [1, 0]], np.float32)


def _found(unit, k, targets=None, **options):
    everything = np.arange(len(unit))
    found = {int(row): ([], []) for row in everything}
    for batch in nearest(unit, everything, everything if targets is None else targets, k, **options):
        for row, other, similarity in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            found[row][0].append(other)
            found[row][1].append(similarity)
    return found


def test_neighbours_are_best_first_without_the_item_itself():
    found = _found(UNIT, 2)
    assert found[0] == ([3, 1], [1.0, pytest.approx(0.6)])
    assert found[2] == ([1, 0], [pytest.approx(0.8), 0.0])


def test_only_targets_are_neighbours():
    assert [others for others, _ in _found(UNIT, 3, targets=np.array([1, 2])).values()] == [[1, 2], [2], [1], [1, 2]]


def test_ties_at_the_last_place_go_to_the_lower_row():
    same = np.ones((6, 1), np.float32)
    assert [others for others, _ in _found(same, 2).values()] == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1], [0, 1]]


def test_blocks_and_spark_give_what_one_block_gives(spark):
    unit = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    whole = {row: others for row, (others, _) in _found(unit, 5).items()}
    blocks = _found(unit, 5, scores_a_block=50 * 7)
    assert {row: others for row, (others, _) in blocks.items()} == whole
    item, neighbour, _ = nearest_by_spark(spark, unit, np.arange(50), np.arange(50), 5)
    assert {row: neighbour[item == row].tolist() for row in range(50)} == whole


def test_a_lone_item_has_no_neighbours(spark):
    table = neighbour_table(spark, Vectors("text", ["only"], np.ones((1, 3), np.float32)), k=5)
    assert table.to_pylist() == [{"item_id": "only", "neighbour_ids": [], "similarities": []}]


def test_the_table_names_neighbours_by_id(spark):
    table = neighbour_table(spark, Vectors("text", ["a", "b/1", "c", "🎬"], UNIT), k=1)
    pairs = {row["item_id"]: row["neighbour_ids"] for row in table.to_pylist()}
    assert pairs == {"a": ["🎬"], "b/1": ["c"], "c": ["b/1"], "🎬": ["a"]}
