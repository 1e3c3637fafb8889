import numpy as np
import pyarrow as pa
import pytest

from jobs.ranking.block import build_block
from jobs.ranking.new_items import with_new_items
from jobs.ranking.statistics import ITEM_COLUMNS, ItemStatistics

SOURCES = ["als", "text"]
# Everything but "new..." was met in training.
KNOWN = ItemStatistics(pa.array(["a", "b", "c", "d"]), np.zeros((5, len(ITEM_COLUMNS)), dtype=np.float32))


def block(rows):
    """Candidates given as (user, item, source, rank)."""
    filled = [
        {
            "user_id": user,
            "item_id": item,
            "source": source,
            "score": 1 / rank,
            "source_rank": rank,
            "seen": False,
            "evidence": ["x"],
            "n_liked": 1.0,
            "idle_days": 0.0,
        }
        for user, item, source, rank in sorted(rows)
    ]
    return build_block(pa.Table.from_pylist(filled), SOURCES, False, 100)


def order(own, scores):
    """Each user's items as the scores list them."""
    lists = {}
    for row in np.lexsort((-scores, own.user_of)):
        if np.isfinite(scores[row]):
            lists.setdefault(own.users["user_id"][int(own.user_of[row])].as_py(), []).append(own.item_ids[row].as_py())
    return lists


def fused(own):
    """What als alone gives: the new items, which only text names, are not recommended."""
    als = 1 / own.ranks[:, 0].astype(float)
    return np.where(np.isnan(als), -np.inf, als)


OWN = [("u", item, "als", place + 1) for place, item in enumerate("abcd")]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (1, ["new", "a", "b", "c", "d"]),
        (3, ["a", "b", "new", "c", "d"]),
        (9, ["a", "b", "c", "d", "new"]),
        (0, ["a", "b", "c", "d"]),
    ],
)
def test_the_best_new_item_takes_its_place_and_all_else_keeps_its_order(place, shown):
    own = block([*OWN, ("u", "new", "text", 1), ("u", "newer", "text", 2)])
    assert order(own, with_new_items(own, fused(own), KNOWN, place)) == {"u": shown}


def test_who_is_near_nothing_new_keeps_the_list():
    own = block([*OWN, ("u", "new", "text", 4), ("v", "a", "als", 1), ("v", "new", "text", 3)])
    assert order(own, with_new_items(own, fused(own), KNOWN, 3)) == {"u": ["a", "b", "c", "d"], "v": ["a", "new"]}


def test_a_new_item_that_stands_high_by_itself_is_enough():
    own = block([*OWN, ("u", "new", "als", 2), ("u", "newer", "text", 1)])
    scores = fused(own)
    assert with_new_items(own, scores, KNOWN, 3).tolist() == scores.tolist()


def test_one_that_stands_too_low_is_lifted_and_the_source_that_likes_it_more_decides():
    rows = [("u", item, "als", place + 1) for place, item in enumerate(["a", "b", "c", "new", "newer"])]
    own = block([*rows, ("u", "newer", "text", 1)])
    assert order(own, with_new_items(own, fused(own), KNOWN, 2)) == {"u": ["a", "newer", "b", "c", "new"]}


def test_who_would_have_no_list_gets_the_new_item():
    own = block([("u", "new", "text", 1)])
    assert order(own, with_new_items(own, fused(own), KNOWN, 5)) == {"u": ["new"]}


def test_without_anything_new_the_scores_are_untouched():
    own = block(OWN)
    scores = fused(own)
    assert with_new_items(own, scores, KNOWN, 5) is scores
