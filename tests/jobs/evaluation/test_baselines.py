import numpy as np
import pytest

from jobs.candidates.catalogue import Catalogue
from jobs.contract.settings import Split
from jobs.evaluation.baselines import baseline_lists, baseline_systems, without

ITEMS = Catalogue(["a", "b", "c", "d", "gone"], np.array([True, True, True, True, False]))
COLD = Split(protocol="cold_items")


@pytest.fixture
def users(spark):
    return spark.createDataFrame([(f"u{i}",) for i in range(200)], "user_id string")


@pytest.fixture
def met(spark):
    pairs = [(f"u{i}", item) for i in range(200) for item in ("b", "gone", "unheard of")]
    return spark.createDataFrame(pairs, "user_id string, item_id string")


def drawn(lists, system="random"):
    return {row["user_id"]: row["items"] for row in lists.where(f"system = '{system}'").collect()}


def test_random_lists_hold_eligible_items_that_were_not_met_each_once(users, met):
    lists = drawn(baseline_lists(users, met, ITEMS, Split(), 10))
    assert len(lists) == 200
    assert {tuple(sorted(items)) for items in lists.values()} == {("a", "c", "d")}


def test_random_lists_are_at_most_k_long_and_every_item_is_as_likely_on_top(users, met):
    lists = drawn(baseline_lists(users, met, ITEMS, Split(), 1))
    top = [item for items in lists.values() for item in items]
    assert len(top) == 200
    # 200 x 1/3, four standard deviations of 6.7 either side
    assert all(40 <= top.count(item) <= 94 for item in ("a", "c", "d"))


def test_what_was_met_may_come_again_where_it_is_kept(users):
    lists = drawn(baseline_lists(users, None, ITEMS, Split(), 4))
    assert {tuple(sorted(items)) for items in lists.values()} == {("a", "b", "c", "d")}


def test_random_lists_depend_on_the_seed_and_the_user_and_on_no_partitioning(users, met):
    once = drawn(baseline_lists(users.repartition(7), met.repartition(3), ITEMS, Split(), 3))
    assert drawn(baseline_lists(users.coalesce(1), met, ITEMS, Split(), 3)) == once
    assert drawn(baseline_lists(users, met, ITEMS, Split(seed=7), 3)) != once


def test_cold_items_have_one_popular_list_of_equal_counts_by_id(users, met):
    assert baseline_systems(COLD) == ["random", "popular"]
    lists = drawn(baseline_lists(users, met, ITEMS, COLD, 2), "popular")
    assert {tuple(items) for items in lists.values()} == {("a", "c")}
    assert baseline_systems(Split()) == ["random"]


def test_seen_items_leave_and_the_order_of_the_others_stays():
    assert without(np.array([4, 0, 3, 1]), [0, 9], 2).tolist() == [4, 3]
