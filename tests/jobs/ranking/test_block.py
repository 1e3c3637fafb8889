import numpy as np
import pyarrow as pa
import pytest
from pyarrow.dataset import dataset

from jobs.ranking import block as blocks
from jobs.ranking.block import build_block, build_large_block, whole_users
from tests.jobs.ranking.tiny import SCHEMA, candidates

NO = np.nan
ROWS = [
    ("u", "a", "als", 0.9, 1),
    ("u", "b", "als", 0.8, 2),
    ("u", "b", "text", 5.0, 1),
    ("v", "a", "text", 4.0, 1),
    ("w", "c", "als", 0.1, 1),
]


def cut(table: pa.Table, *at: int) -> list[pa.RecordBatch]:
    """The table's rows, cut before each of the places."""
    edges = [0, *at, len(table)]
    batches = [table.slice(low, high - low).combine_chunks() for low, high in zip(edges, edges[1:], strict=False)]
    return [batch for one in batches for batch in one.to_batches()]


@pytest.mark.parametrize("at", [(), (1,), (2, 4), (3,), (1, 2, 3, 4)], ids=str)
@pytest.mark.parametrize("rows_at_once", [1, 2, 3, 100])
def test_tables_hold_whole_users_however_their_rows_are_cut(monkeypatch, at, rows_at_once):
    monkeypatch.setattr(blocks, "_ROWS_AT_ONCE", rows_at_once)
    tables = list(whole_users(cut(candidates(*ROWS), *at)))
    assert pa.concat_tables(tables).to_pylist() == candidates(*ROWS).to_pylist()
    of_tables = [set(table["user_id"].to_pylist()) for table in tables]
    assert sum(len(users) for users in of_tables) == len({"u", "v", "w"})
    if rows_at_once == 100:
        assert len(tables) == 1


def test_tables_come_as_soon_as_users_are_whole(monkeypatch):
    monkeypatch.setattr(blocks, "_ROWS_AT_ONCE", 2)
    tables = list(whole_users(cut(candidates(*ROWS), 2, 4)))
    assert [table["user_id"].to_pylist() for table in tables] == [["u", "u", "u"], ["v"], ["w"]]


def test_without_rows_there_is_no_table():
    assert list(whole_users([])) == []


def test_a_block_holds_each_pair_once_with_what_every_source_says_of_it():
    found = build_block(candidates(*ROWS), ["text", "als"], keep_seen=False, depth=10)
    assert found.users.to_pydict() == {"user_id": ["u", "v", "w"], "n_liked": [3.0] * 3, "idle_days": [1.5] * 3}
    assert found.starts.tolist() == [0, 2, 3, 4]
    assert found.user_of.tolist() == [0, 0, 1, 2]
    assert found.item_ids.to_pylist() == ["a", "b", "a", "c"]
    np.testing.assert_array_equal(found.ranks, np.float32([[NO, 1], [1, 2], [1, NO], [NO, 1]]))
    np.testing.assert_array_equal(found.scores, np.float32([[NO, 0.9], [5, 0.8], [4, NO], [NO, 0.1]]))
    assert found.rows.tolist() == [[-1, 0], [2, 1], [3, -1], [-1, 4]]


def test_rows_of_other_sources_are_left_out_and_users_who_have_none_but_those():
    found = build_block(candidates(*ROWS), ["text"], keep_seen=False, depth=10)
    assert found.users["user_id"].to_pylist() == ["u", "v"]
    assert found.item_ids.to_pylist() == ["b", "a"]


def test_seen_items_compete_only_where_they_are_kept_and_all_are_then_numbered_anew_by_score():
    rows = [
        ("u", "a", "als", 0.7, 1, False, []),
        ("u", "b", "als", 0.9, 1, True, []),
        ("u", "c", "als", 0.7, 2, False, []),
        ("u", "d", "als", 0.8, 2, True, []),
        ("v", "a", "als", 0.1, 1, True, []),
    ]
    kept = build_block(candidates(*rows), ["als"], keep_seen=True, depth=10)
    assert kept.item_ids.to_pylist() == ["a", "b", "c", "d", "a"]
    assert kept.ranks[:, 0].tolist() == [3, 1, 4, 2, 1]  # a and c tie: the lower id comes first
    removed = build_block(candidates(*rows), ["als"], keep_seen=False, depth=10)
    assert removed.item_ids.to_pylist() == ["a", "c"]
    assert removed.ranks[:, 0].tolist() == [1, 2]


def test_a_users_best_by_all_sources_alike_are_kept_and_ties_go_to_the_lower_id():
    rows = [
        ("u", "a", "als", 1.0, 3),
        ("u", "b", "als", 3.0, 1),
        ("u", "c", "als", 2.0, 2),
        ("u", "c", "text", 1.0, 2),
        ("u", "d", "text", 2.0, 1, False, ["h"]),
        ("v", "a", "als", 1.0, 9),
    ]
    found = build_block(candidates(*rows), ["als", "text"], keep_seen=False, depth=2)
    # c: 20/22 twice; b and d tie at 20/21; a: 20/23
    assert found.item_ids.to_pylist() == ["b", "c", "a"]
    assert found.starts.tolist() == [0, 2, 3]
    np.testing.assert_array_equal(found.ranks, np.float32([[1, NO], [2, 2], [9, NO]]))
    assert found.rows.tolist() == [[1, -1], [2, 3], [5, -1]]
    assert found.evidence.to_pylist()[4] == ["h"]  # rows point into the whole


def test_what_is_spared_stays_beyond_the_depth_with_its_own_user():
    rows = [(user, item, "als", 1.0, place + 1) for user in "uv" for place, item in enumerate("abcd")]
    found = build_block(candidates(*rows), ["als"], False, 2, lambda whole: whole.ranks[:, 0] == 4)
    assert found.item_ids.to_pylist() == ["a", "b", "d"] * 2
    assert found.starts.tolist() == [0, 3, 6]
    assert found.ranks[:, 0].tolist() == [1, 2, 4] * 2


@pytest.mark.parametrize("keep_seen", [True, False])
def test_no_candidates_give_an_empty_block(keep_seen):
    found = build_block(SCHEMA.empty_table(), ["als", "text"], keep_seen, depth=2)
    assert (len(found), len(found.users), found.starts.tolist()) == (0, 0, [0])
    assert found.ranks.shape == (0, 2)


@pytest.mark.parametrize("rows_at_once", [1, 3, 100])
@pytest.mark.parametrize("sources", [["als", "text"], ["text"], ["graph"]], ids=str)
def test_many_users_in_parts_make_the_same_block(monkeypatch, rows_at_once, sources):
    rows = candidates(
        *ROWS, ("x", "b", "text", 3.0, 1, False, ["h"]), ("x", "c", "text", 2.0, 2), ("x", "d", "als", 1.0, 1)
    )
    monkeypatch.setattr(blocks, "_ROWS_AT_ONCE", rows_at_once)
    found, whole = build_large_block(dataset(rows), sources, False, 2), build_block(rows, sources, False, 2)
    assert found.users.to_pydict() == whole.users.to_pydict()
    assert found.starts.tolist() == whole.starts.tolist()
    assert found.item_ids.equals(whole.item_ids)
    np.testing.assert_array_equal(found.scores, whole.scores)
    np.testing.assert_array_equal(found.ranks, whole.ranks)
    assert found.rows.tolist() == whole.rows.tolist()
    assert found.evidence.equals(whole.evidence)


def test_no_rows_make_an_empty_large_block():
    found = build_large_block(dataset(SCHEMA.empty_table()), ["als", "text"], False, depth=2)
    assert (len(found), found.ranks.shape) == (0, (0, 2))
