import numpy as np

from jobs.contract.settings import Verdict
from jobs.evaluation.verdict import Comparison, Shape, give_verdict

RNG = np.random.default_rng(0)
POPULAR = RNG.random(1_000)
SOUND = Shape(users=1_000, items=100, coverage=0.5, current_users=1_000, current_items=100)


def verdict(own, theirs=POPULAR, shape=SOUND, tolerance=0.05, **settings):
    return give_verdict([Comparison("the popular list", own, theirs, tolerance)], shape, Verdict(**settings), 42, 500)


def test_a_better_release_is_announced_and_says_what_it_was_held_against():
    given = verdict(POPULAR + 0.1)
    assert given["publish"] is True
    assert "of the popular list on 1,000 users: difference +0.1000" in given["reasons"][0]


def test_a_clearly_worse_release_is_blocked_with_the_difference_and_its_interval():
    given = verdict(POPULAR * 0.8)
    assert given["publish"] is False
    assert "tolerated loss 5%" in given["reasons"][0]


def test_a_loss_within_chance_blocks_nothing():
    noisy = np.clip(POPULAR + RNG.normal(-0.01, 1.0, 1_000), 0, None)
    few = slice(0, 20)
    assert verdict(noisy[few], POPULAR[few])["publish"] is True


def test_a_handful_of_users_is_not_judged_and_it_says_so():
    given = verdict(POPULAR[:19] - 1, POPULAR[:19])
    assert given["publish"] is True
    assert given["reasons"][0] == "accuracy is not held against the popular list: 19 users of both, at least 20 wanted"
    assert verdict(POPULAR[:20] - 1, POPULAR[:20])["publish"] is False


def test_half_the_users_missing_blocks_and_says_how_many():
    given = verdict(POPULAR + 0.1, shape=Shape(500, 100, 0.5, 1_000, 100))
    assert given == {
        "publish": False,
        "reasons": ["500 users where the serving release has 1,000: 50.0% fewer, 20% tolerated"],
    }


def test_missing_items_and_narrow_lists_block_together_each_with_its_reason():
    given = verdict(POPULAR + 0.1, shape=Shape(1_000, 50, 0.001, 1_000, 100))
    assert given["publish"] is False
    assert len(given["reasons"]) == 2


def test_the_first_release_has_nothing_to_be_missing_from():
    assert verdict(POPULAR + 0.1, shape=Shape(10, 10, 0.5, None, None))["publish"] is True


def test_a_check_made_elsewhere_blocks_with_its_sentence():
    comparisons = [Comparison("the popular list", POPULAR + 0.1, POPULAR, 0.05)]
    checks = [(True, "the gap is too wide"), (False, "coverage is sound")]
    given = give_verdict(comparisons, SOUND, Verdict(), 42, 500, checks)
    assert given == {"publish": False, "reasons": ["the gap is too wide"]}
