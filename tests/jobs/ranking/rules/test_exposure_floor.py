import pytest

from jobs.ranking.rules.exposure_floor import lift_tail
from tests.jobs.ranking.rules.listings import listing, mask, placed, shown

TAIL = mask(10, 5, 6, 7, 8, 9)


def test_the_best_tail_items_from_below_take_the_last_places_and_the_lowest_head_items_make_room():
    # half of 4 places are 2: one is there (6), one is missing
    found = lift_tail(listing(0, 6, 1, 2, 3, 7, 8), TAIL, 0.5, 4, 200)
    assert shown(found) == [0, 6, 1, 7, 2, 3, 8]
    assert placed(found) == [0, 0, 0, 4, 0, 0, 0]


def test_tail_items_that_are_there_already_are_enough():
    ranked = listing(5, 6, 0, 1, 7)
    assert lift_tail(ranked, TAIL, 0.5, 4, 200) is ranked


def test_a_user_with_too_few_tail_items_gets_fewer():
    assert shown(lift_tail(listing(0, 1, 2, 3, 5), TAIL, 1.0, 4, 200)) == [0, 1, 2, 5, 3]


def test_a_user_without_any_keeps_the_list():
    ranked = listing(0, 1, 2)
    assert lift_tail(ranked, TAIL, 1.0, 2, 200) is ranked


def test_the_share_is_of_what_is_shown():
    # k = 2: half of 2 places
    assert shown(lift_tail(listing(0, 1, 2, 5, 6), TAIL, 0.5, 20, 2)) == [0, 5, 1, 2, 6]


@pytest.mark.parametrize(("share", "n_tail"), [(0.1, 1), (0.5, 2), (0.51, 3), (0.75, 3), (1.0, 4)])
def test_a_share_is_rounded_up_to_whole_places(share, n_tail):
    found = lift_tail(listing(0, 1, 2, 3, 5, 6, 7, 8), TAIL, share, 4, 200)
    assert TAIL[found.items[:4]].sum() == n_tail


def test_lifting_twice_is_lifting_once():
    once = lift_tail(listing(0, 1, 2, 3, 5, 6), TAIL, 0.5, 4, 200)
    assert lift_tail(once, TAIL, 0.5, 4, 200) is once
