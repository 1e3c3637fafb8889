import numpy as np
import pytest

from jobs.ranking.fusion import shares, standardised


def test_a_source_gives_twenty_over_twenty_and_the_rank_and_nothing_to_what_it_did_not_name():
    found = shares(np.float32([[1, 2], [np.nan, 20]]))
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array([[20 / 21, 20 / 22], [0, 0.5]]))


def test_scores_are_standardised_within_each_user():
    # u: mean 2, deviation 1; v: mean 10, deviation 5; w has a single item
    found = standardised(np.float32([1, 3, 5, 15, 7]), np.array([0, 0, 1, 1, 2]))
    assert found.tolist() == [-1, 1, -1, 1, 0]


def test_a_user_whose_scores_are_all_equal_gets_zeros():
    assert standardised(np.float32([0.1, 0.1, 0.1]), np.zeros(3, dtype=np.int64)).tolist() == [0, 0, 0]


def test_nobody_has_no_scores():
    assert standardised(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)).shape == (0,)
