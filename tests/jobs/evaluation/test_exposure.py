import numpy as np
import pytest

from jobs.evaluation.exposure import exposure, gini, gini_within_reach


@pytest.fixture
def lists(spark):
    rows = [("ranked", "u", ["a", "b"]), ("ranked", "v", ["a", "c"]), ("source/popular", "u", ["a"])]
    return spark.createDataFrame(rows, "system string, user_id string, items array<string>")


def test_coverage_is_the_share_of_eligible_items_in_some_list(lists):
    found = exposure(lists, n_eligible=4, ks=[1, 2])
    assert found["ranked"]["coverage@1"] == 1 / 4
    assert found["ranked"]["coverage@2"] == 3 / 4
    assert found["source/popular"]["coverage@2"] == 1 / 4


def test_the_gini_index_of_exposure_against_values_worked_by_hand(lists):
    found = exposure(lists, n_eligible=4, ks=[1, 2])
    # Exposures 0, 1, 1, 2: (-3 x 0 - 1 x 1 + 1 x 1 + 3 x 2) / (4 x 4); at one place 0, 0, 0, 2: 3 x 2 / (4 x 2).
    assert found["ranked"]["gini@2"] == pytest.approx(6 / 16)
    assert found["ranked"]["gini@1"] == pytest.approx(3 / 4)


def test_equal_exposure_of_every_item_has_gini_zero():
    assert gini(np.array([3]), np.array([5]), n_eligible=5) == 0


def test_the_gini_index_from_counts_of_counts_is_that_of_the_items_one_by_one():
    times = np.sort(np.random.default_rng(4).integers(0, 6, 50))
    ranks = np.arange(1, 51)
    expected = ((2 * ranks - 51) * times).sum() / (50 * times.sum())
    counts, n_items = np.unique(times[times > 0], return_counts=True)
    assert gini(counts, n_items, n_eligible=50) == pytest.approx(expected)


def test_within_reach_items_that_so_few_lists_could_not_hold_do_not_count():
    # One list of two of a hundred items: over the two it spreads evenly.
    of_all = gini(np.array([1]), np.array([2]), n_eligible=100)
    assert of_all == pytest.approx(0.98)
    assert gini_within_reach(of_all, n_eligible=100, n_reachable=2) == pytest.approx(0.0)
