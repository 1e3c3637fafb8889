from tests.jobs.ranking.rules.listings import listing, placed, shown


def test_a_listing_of_the_ranker_was_touched_by_no_rule():
    assert placed(listing(3, 1, 2)) == [0, 0, 0]


def test_a_listing_is_cut_to_its_first_items_and_a_shorter_one_is_itself():
    ranked = listing(3, 1, 2)
    assert shown(ranked.first(2)) == [3, 1]
    assert ranked.first(3) is ranked
