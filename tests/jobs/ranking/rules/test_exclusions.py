from jobs.ranking.rules.exclusions import exclude
from tests.jobs.ranking.rules.listings import listing, mask, placed, shown


def test_excluded_items_are_left_out_and_the_others_keep_order_and_scores():
    found = exclude(listing(4, 2, 0, 3), mask(5, 2, 3))
    assert (shown(found), found.scores.tolist(), placed(found)) == ([4, 0], [100.0, 98.0], [0, 0])


def test_a_listing_without_excluded_items_is_itself():
    ranked = listing(4, 2)
    assert exclude(ranked, mask(5, 0)) is ranked
