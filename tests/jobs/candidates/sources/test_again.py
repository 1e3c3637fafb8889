from datetime import timedelta

import pytest

from jobs.candidates.sources.again import repeat_shares, taken_again
from jobs.contract.settings import Candidates
from tests.jobs.candidates.sources.tiny import AS_OF, ITEMS, catalogue, inputs

OLD, NEW = AS_OF - timedelta(days=30), AS_OF - timedelta(days=10)


def row(user, item, weight, n_events, when):
    return (user, item, weight, n_events, when, 1)


def test_an_items_repeat_share_is_that_of_its_takers_drawn_towards_all_items(spark):
    taken = [("u", "a", 2), ("v", "a", 3), ("w", "a", 1), ("u", "b", 1)]
    shares = {
        r.item_id: r.share
        for r in repeat_shares(spark.createDataFrame(taken, "u string, item_id string, n_events int")).collect()
    }
    assert shares["a"] == pytest.approx((2 + 5 * 0.5) / 8)
    assert shares["b"] == pytest.approx((0 + 5 * 0.5) / 6)


def test_what_was_taken_often_and_lately_stands_first_and_old_things_sink(spark):
    rows = [
        row("u", "a", 3.0, 3, NEW),
        row("u", "b", 3.0, 3, OLD),
        row("u", "c", 1.0, 1, NEW),
        row("u", "d", 0.0, 1, NEW),
    ]
    found = taken_again(inputs(spark, interactions=rows), catalogue(), Candidates()).collect()[0]
    assert [ITEMS[item] for item in found.taken_items] == ["a", "b", "c"]
    share = {"a": (1 + 5 * 2 / 3) / 6, "b": (1 + 5 * 2 / 3) / 6, "c": (5 * 2 / 3) / 6}
    expected = [2 * share["a"] / (1 + 10 / 10), 2 * share["b"] / (1 + 30 / 10), 1 * share["c"] / (1 + 10 / 10)]
    assert found.taken_scores == pytest.approx(expected)


def test_without_times_frequency_and_the_items_share_decide(spark):
    rows = [row("u", "a", 1.0, 1, None), row("u", "b", 7.0, 7, None)]
    found = taken_again(inputs(spark, interactions=rows), catalogue(), Candidates()).collect()[0]
    assert [ITEMS[item] for item in found.taken_items] == ["b", "a"]
