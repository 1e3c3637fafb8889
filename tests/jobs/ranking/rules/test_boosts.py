import numpy as np

from jobs.ranking.rules.boosts import boost
from tests.jobs.ranking.rules.listings import listing, placed, shown


def _factors(n_items, **by_item):
    factors = np.ones(n_items, dtype=np.float32)
    for item, factor in by_item.items():
        factors[int(item[1:])] = factor
    return factors


def test_factor_two_at_place_four_comes_to_place_two_and_says_so():
    found = boost(listing(0, 1, 2, 3, 4), _factors(5, i3=2))
    assert shown(found) == [0, 3, 1, 2, 4]
    assert placed(found) == [0, 1, 0, 0, 0]
    assert found.scores.tolist() == [100.0, 97.0, 99.0, 98.0, 96.0]  # each keeps its own


def test_factor_one_half_at_place_two_goes_to_place_four_and_nobody_was_boosted():
    found = boost(listing(0, 1, 2, 3, 4), _factors(5, i1=0.5))
    assert (shown(found), placed(found)) == ([0, 2, 3, 1, 4], [0] * 5)


def test_equal_boosts_keep_their_order_and_a_boost_that_moves_nothing_is_not_told():
    # aimed at places 0.5, 2, 1.5, 4, 2.5
    found = boost(listing(0, 1, 2, 3, 4), _factors(5, i0=2, i2=2, i4=2))
    assert (shown(found), placed(found)) == ([0, 2, 1, 4, 3], [0, 1, 0, 1, 0])


def test_boosts_of_items_that_are_no_candidates_change_nothing():
    ranked = listing(0, 1)
    assert boost(ranked, _factors(5, i4=9)) is ranked
