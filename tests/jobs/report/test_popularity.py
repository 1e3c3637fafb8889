import numpy as np
import pytest

from jobs.report.popularity import popularity_deciles


def test_twenty_items_make_ten_parts_of_two_the_least_popular_first():
    popularity = np.arange(20, 0, -1)  # item 0 is the most popular
    taken = np.zeros(20, dtype=np.int64)
    taken[[0, 1, 19]] = [2, 1, 1]
    listed = np.zeros(20, dtype=np.int64)
    listed[[0, 18]] = [3, 1]
    rows = popularity_deciles(popularity, taken, listed)
    assert [row["decile"] for row in rows] == list(range(1, 11))
    assert [row["share_of_history"] for row in rows] == pytest.approx([0.25, *[0] * 8, 0.75])
    assert [row["share_of_lists"] for row in rows] == pytest.approx([0.25, *[0] * 8, 0.75])


def test_fewer_items_than_ten_make_a_part_each():
    rows = popularity_deciles(np.array([5, 1, 3]), np.array([1, 0, 1]), np.array([2, 0, 0]))
    assert [(row["decile"], row["share_of_history"], row["share_of_lists"]) for row in rows] == [
        (1, 0.0, 0.0),
        (2, 0.5, 0.0),
        (3, 0.5, 1.0),
    ]


@pytest.mark.parametrize(("taken", "listed"), [([0, 0], [1, 1]), ([1, 1], [0, 0])])
def test_without_histories_or_lists_there_is_nothing_to_show(taken, listed):
    assert popularity_deciles(np.array([1, 2]), np.array(taken), np.array(listed)) == []


def test_without_items_there_is_nothing_to_show():
    none = np.zeros(0, dtype=np.int64)
    assert popularity_deciles(none, none, none) == []
