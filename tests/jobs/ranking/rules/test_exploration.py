from collections import Counter

import numpy as np
import pytest

from jobs.ranking.rules.exploration import explore, seeded_generator
from tests.jobs.ranking.rules.listings import NOTHING, listing, placed, shown

POOL = np.array([10, 11, 12, 13, 14, 15], dtype=np.int32)


def _banned(*items):
    return np.array(items, dtype=np.int32)


def test_each_third_place_of_those_shown_goes_to_another_item_of_the_pool():
    found = explore(listing(*range(9)), POOL, NOTHING, 3, 9, seeded_generator(1, "u"))
    assert placed(found)[:9] == [0, 0, 5] * 3
    drawn = [shown(found)[place] for place in (2, 5, 8)]
    assert len(set(drawn)) == 3
    assert set(drawn) <= set(POOL.tolist())
    assert [item for item in shown(found) if item < 9] == list(range(9))


def test_a_drawn_item_has_the_score_of_the_one_it_pushes_down():
    found = explore(listing(0, 1, 2), POOL[:1], NOTHING, 2, 3, seeded_generator(1, "u"))
    assert (shown(found), found.scores.tolist()) == ([0, 10, 1, 2], [100, 99, 99, 98])


def test_banned_items_and_those_shown_anyway_are_never_drawn():
    ranked = listing(0, 11, 1, 2)
    drawn = {shown(explore(ranked, POOL, _banned(10, 12, 15), 4, 4, seeded_generator(n, "u")))[3] for n in range(50)}
    assert drawn == {13, 14}


def test_a_candidate_below_the_places_shown_may_be_drawn_and_is_moved():
    found = explore(listing(0, 1, 2, 10), POOL[:1], NOTHING, 2, 2, seeded_generator(1, "u"))
    assert (shown(found), found.scores.tolist()) == ([0, 10, 1, 2], [100, 97, 99, 98])


def test_where_the_pool_is_too_small_the_upper_places_are_filled():
    found = explore(listing(*range(9)), POOL[:2], NOTHING, 3, 9, seeded_generator(1, "u"))
    assert np.flatnonzero(found.placed_by).tolist() == [2, 5]


@pytest.mark.parametrize("banned", [_banned(*POOL), _banned(*POOL, 99)])
def test_an_empty_pool_leaves_the_list(banned):
    ranked = listing(*range(9))
    assert explore(ranked, POOL, banned, 3, 9, seeded_generator(1, "u")) is ranked


def test_a_short_list_gets_only_the_places_that_it_reaches():
    # 4 items and 2 drawn make 6 places: 3 and 6
    found = explore(listing(0, 1, 2, 3), POOL, NOTHING, 3, 200, seeded_generator(1, "u"))
    assert placed(found) == [0, 0, 5, 0, 0, 5]
    assert shown(explore(listing(0), POOL, NOTHING, 3, 200, seeded_generator(1, "u"))) == [0]


def test_every_free_item_is_as_likely_as_any_other():
    counts = Counter(
        shown(explore(listing(0, 12), POOL, _banned(14), 2, 2, seeded_generator(7, f"u{n}")))[1] for n in range(4_000)
    )
    assert set(counts) == {10, 11, 13, 15}
    # 1,000 expected each; five standard deviations of a binomial are 137
    assert all(abs(count - 1_000) < 137 for count in counts.values())


def test_chance_depends_on_the_seed_and_the_user_alone():
    def draw(seed, user):
        return seeded_generator(seed, user).integers(1 << 60)

    assert draw(1, "u") == draw(1, "u")
    assert len({draw(1, "u"), draw(2, "u"), draw(1, "v"), draw(11, ""), draw(1, "1")}) == 5
