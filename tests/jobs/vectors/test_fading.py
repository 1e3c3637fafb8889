import numpy as np

from jobs.vectors.fading import faded


def test_what_has_as_many_newer_beside_it_as_the_half_life_counts_half():
    weights = np.float32([2, 2, 4])
    np.testing.assert_allclose(faded(weights, 1.0), [2, 1, 4 / 3])
    assert faded(weights, 1.0).dtype == np.float32


def test_places_may_be_given():
    np.testing.assert_allclose(faded(np.float32([1, 1]), 5.0, np.float32([5, 0])), [0.5, 1])


def test_without_a_half_life_all_count_alike():
    assert faded(np.float32([1, 3]), 0.0).tolist() == [1, 3]
