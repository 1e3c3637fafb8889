import numpy as np

from jobs.ranking.rules.insertion import insert
from jobs.ranking.rules.listing import PlacedBy
from tests.jobs.ranking.rules.listings import NOTHING, listing, placed, shown


def _insert(ranked, items, places):
    return insert(ranked, np.array(items, dtype=np.int32), np.array(places), PlacedBy.PINS)


def test_new_items_get_the_score_of_what_they_push_down_and_the_last_one_at_the_end():
    found = _insert(listing(0, 1), [7, 8, 9], [0, 2, 40])
    assert (shown(found), placed(found)) == ([7, 0, 8, 1, 9], [6, 0, 6, 0, 6])
    assert found.scores.tolist() == [100, 100, 99, 99, 99]


def test_items_of_the_listing_are_moved_up_or_down_with_their_score():
    found = _insert(listing(0, 1, 2, 3), [3, 0], [0, 2])
    assert (shown(found), placed(found)) == ([3, 1, 0, 2], [6, 0, 6, 0])
    assert found.scores.tolist() == [97, 99, 100, 98]


def test_an_item_at_its_place_already_keeps_who_placed_it():
    found = _insert(listing(0, 1, 2), [1], [1])
    assert (shown(found), placed(found)) == ([0, 1, 2], [0, 0, 0])


def test_into_an_empty_listing_items_come_with_score_zero():
    found = _insert(listing(), [4, 5], [3, 9])
    assert (shown(found), found.scores.tolist()) == ([4, 5], [0, 0])


def test_inserting_nothing_changes_nothing():
    assert shown(insert(listing(1, 2), NOTHING, NOTHING, PlacedBy.PINS)) == [1, 2]
