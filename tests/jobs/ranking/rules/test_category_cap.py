import pytest

from jobs.ranking.rules.catalogue import item_categories
from jobs.ranking.rules.category_cap import cap_categories
from tests.jobs.ranking.rules.listings import listing, placed, shown

# a: items 0, 1, 2 and 5; b: 3 and 5; none: 4
CATEGORIES = item_categories([["a"], ["a"], ["a"], ["b"], None, ["a", "b"]])


def test_items_past_the_cap_wait_for_the_next_block_and_stand_first_there():
    found = cap_categories(listing(0, 1, 2, 3, 4), CATEGORIES, 1, 2, 200)
    # block 1: 0, then 3; block 2: 1 waits first, 2 is past the cap again, 4; then 2
    assert shown(found) == [0, 3, 1, 4, 2]
    assert placed(found) == [0, 3, 0, 3, 0]  # 3 came from the second block into the first, 4 from the third
    assert found.scores.tolist() == [100.0, 97.0, 99.0, 96.0, 98.0]


def test_an_item_counts_in_each_of_its_categories():
    assert shown(cap_categories(listing(5, 3, 0, 4), CATEGORIES, 1, 2, 200)) == [5, 4, 3, 0]


def test_items_without_a_category_are_never_past_the_cap():
    categories = item_categories([["a"], None, None, None])
    assert shown(cap_categories(listing(1, 2, 0, 3), categories, 1, 4, 200)) == [1, 2, 0, 3]


def test_where_nothing_else_is_left_the_cap_gives_way():
    found = cap_categories(listing(0, 1, 2), CATEGORIES, 1, 20, 200)
    assert (shown(found), placed(found)) == ([0, 1, 2], [0, 0, 0])


def test_past_the_last_block_shown_the_order_stays():
    assert shown(cap_categories(listing(0, 1, 2, 3, 4), CATEGORIES, 1, 2, 2)) == [0, 3, 1, 2, 4]


@pytest.mark.parametrize("window", [1, 2, 3, 20])
def test_capping_twice_is_capping_once(window):
    once = cap_categories(listing(0, 1, 5, 2, 3, 4), CATEGORIES, 1, window, 200)
    assert shown(cap_categories(once, CATEGORIES, 1, window, 200)) == shown(once)
