import numpy as np
import pytest

from jobs.ranking.rules.catalogue import item_categories, long_tail


def test_items_keep_their_categories_and_none_is_no_category():
    categories = item_categories([["b", "a"], None, [], ["b", "b"]])
    assert categories.names == ["a", "b"]
    assert categories.of(np.array([3, 0, 1, 2])) == [[1], [0, 1], [], []]


def test_members_are_the_items_of_any_named_category_and_unknown_names_have_none():
    categories = item_categories([["b", "a"], None, ["c"], ["b"]])
    assert categories.members(["a", "c", "nobody's"]).tolist() == [True, False, True, False]
    assert item_categories([None, None]).members(["a"]).tolist() == [False, False]


@pytest.mark.parametrize(
    ("counts", "head_share", "tail"),
    [
        # of 20 interactions 16 are 80%: 10 + 6 reach it
        ([10, 1, 6, 3], 0.8, [1, 3]),
        # 10 + 6 = 16 are not yet 85%: the item that reaches the share is head too
        ([10, 1, 6, 3], 0.85, [1]),
        # equally popular: the lower indices first, two of four make half
        ([5, 5, 5, 5], 0.5, [2, 3]),
        ([0, 0], 0.8, [0, 1]),
        ([], 0.8, []),
    ],
)
def test_the_tail_is_what_lies_outside_the_fewest_most_popular_items(counts, head_share, tail):
    assert np.flatnonzero(long_tail(np.array(counts, dtype=np.int64), head_share)).tolist() == tail
