import numpy as np
import pytest

from jobs.contract.errors import ContractError
from jobs.releases.neighbours import nearest, neighbour_table
from jobs.releases.vectors import Vectors

UNIT = np.array([[1, 0], [0.6, 0.8], [0, 1], [1, 0]], np.float32)


def _found(unit, k, **options):
    return {
        row: (others.tolist(), values.tolist())
        for row, others, values in nearest(np.arange(len(unit)), unit, k, **options)
    }


def test_neighbours_are_best_first_without_the_item_itself():
    found = _found(UNIT, 2)
    assert found[0] == ([3, 1], [1.0, pytest.approx(0.6)])
    assert found[2] == ([1, 0], [pytest.approx(0.8), 0.0])


def test_ties_at_the_last_place_go_to_the_lower_row():
    same = np.ones((6, 1), np.float32)
    assert [others for others, _ in _found(same, 2).values()] == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1], [0, 1]]


def test_blocks_give_what_one_block_gives():
    unit = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    whole = _found(unit, 5)
    blocks = _found(unit, 5, block_bytes=4 * 50 * 7)
    assert {row: others for row, (others, _) in blocks.items()} == {row: others for row, (others, _) in whole.items()}


def test_a_lone_item_has_no_neighbours():
    table = neighbour_table(Vectors("text", ["only"], np.ones((1, 3), np.float32)), k=5)
    assert table.to_pylist() == [{"item_id": "only", "neighbour_ids": [], "similarities": []}]


def test_the_table_names_neighbours_by_id():
    table = neighbour_table(Vectors("text", ["a", "b/1", "c", "🎬"], UNIT), k=1)
    pairs = {row["item_id"]: row["neighbour_ids"] for row in table.to_pylist()}
    assert pairs == {"a": ["🎬"], "b/1": ["c"], "c": ["b/1"], "🎬": ["a"]}


def test_no_neighbours_at_all_is_refused():
    with pytest.raises(
        ContractError, match=r"Neighbours per item: found 0, expected at least 1 \(publish\.neighbours\)"
    ):
        list(nearest(np.arange(4), UNIT, 0))
