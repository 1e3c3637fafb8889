import numpy as np

from jobs.ranking.rules.pins import pin
from tests.jobs.ranking.rules.listings import NOTHING, listing, placed, shown

ITEMS, PLACES = np.array([9, 2], dtype=np.int32), np.array([0, 2])


def test_pinned_items_stand_at_their_places_candidates_or_not():
    found = pin(listing(0, 1, 3, 2), ITEMS, PLACES, NOTHING, 200)
    assert (shown(found), placed(found)) == ([9, 0, 2, 1, 3], [6, 0, 6, 0, 0])


def test_a_banned_item_is_not_pinned():
    assert shown(pin(listing(0, 1), ITEMS, PLACES, np.array([9]), 200)) == [0, 1, 2]


def test_past_the_places_shown_nothing_is_pinned():
    assert shown(pin(listing(0, 1, 3, 2), ITEMS, PLACES, NOTHING, 2)) == [9, 0, 1, 3, 2]


def test_pinning_twice_is_pinning_once():
    once = pin(listing(0, 1, 3), ITEMS, PLACES, NOTHING, 200)
    twice = pin(once, ITEMS, PLACES, NOTHING, 200)
    assert (shown(twice), placed(twice)) == (shown(once), placed(once))
