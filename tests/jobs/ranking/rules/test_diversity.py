import numpy as np
import pytest

from jobs.ranking.rules.diversity import diversify, scaled_relevance
from tests.jobs.ranking.rules.listings import listing, placed, shown

EAST, NORTH, NOWHERE = [1, 0], [0, 1], [0, 0]


def _vectors(*rows):
    return np.array(rows, dtype=np.float32)


def test_an_unlike_item_is_lifted_over_a_twin_of_the_first_by_values_worked_by_hand():
    # relevance 1, 0.75, 0.5, 0. Second place, lambda 0.5: twin 0.375 - 0.5 = -0.125, unlike 0.25 - 0 = 0.25.
    # Third: twin -0.125; the last 0 - 0.5 x 1 (it is like the unlike one) = -0.5.
    found = diversify(listing(0, 1, 2, 3, scores=[9, 8, 7, 5]), _vectors(EAST, EAST, NORTH, NORTH), 0.5, 100)
    assert (shown(found), placed(found)) == ([0, 2, 1, 3], [0, 2, 0, 0])
    assert found.scores.tolist() == [9, 7, 8, 5]


def test_what_only_closed_ranks_behind_a_twin_was_not_lifted():
    vectors = _vectors(EAST, EAST, NORTH, NOWHERE, NOWHERE)
    found = diversify(listing(0, 1, 2, 3, 4), vectors, 0.0, 100)
    assert (shown(found), placed(found)) == ([0, 2, 3, 4, 1], [0] * 5)


def test_lambda_one_is_the_rankers_order():
    found = diversify(listing(2, 0, 1), _vectors(EAST, EAST, EAST), 1.0, 100)
    assert (shown(found), placed(found)) == ([2, 0, 1], [0, 0, 0])


def test_a_missing_vector_is_like_nothing_not_even_like_another_missing_one():
    found = diversify(listing(0, 1, 2, 3), _vectors(EAST, EAST, NOWHERE, NOWHERE), 0.0, 100)
    assert shown(found) == [0, 2, 3, 1]


def test_below_the_depth_nothing_moves():
    found = diversify(listing(0, 1, 2, 3), _vectors(EAST, EAST, EAST, NORTH), 0.1, 3)
    assert shown(found) == [0, 1, 2, 3]


def test_equal_scores_are_of_equal_relevance_and_the_upper_goes_first():
    found = diversify(listing(0, 1, 2, scores=[4, 4, 4]), _vectors(EAST, EAST, NORTH), 0.5, 100)
    assert shown(found) == [0, 2, 1]
    assert scaled_relevance(np.array([4, 4], dtype=np.float32)).tolist() == [0, 0]


def test_relevance_is_the_places_after_a_rule_moved_a_low_score_up():
    assert scaled_relevance(np.array([1, 9, 5], dtype=np.float32)).tolist() == pytest.approx([1, 0.5, 0])


def test_a_list_of_one_is_itself():
    ranked = listing(0)
    assert diversify(ranked, _vectors(EAST), 0.5, 100) is ranked
