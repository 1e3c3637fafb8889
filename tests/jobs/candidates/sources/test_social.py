import pytest

from jobs.candidates.sources import social
from jobs.contract.settings import Candidates
from tests.jobs.candidates.sources.tiny import AS_OF, LATE, catalogue, inputs


def test_items_are_scored_by_the_followed_users_who_liked_them_weighed_by_follows_and_age(spark):
    # u0 follows u1 (b, c) and u2 (c, d); u3 is followed only after the fold's end. A week old: half.
    (row,) = social.followed_likes(inputs(spark), catalogue(), Candidates()).collect()
    each = 0.5 / 2**0.5
    assert row.user_id == "u0"
    assert dict(zip(row.followed_items, row.followed_scores, strict=True)) == pytest.approx(
        {1: each, 2: 2 * each, 3: each}
    )
    assert row.followed_items[0] == 2


def test_items_met_and_not_met_are_limited_apart(spark):
    (row,) = social.followed_likes(inputs(spark), catalogue(), Candidates(per_source=1)).collect()
    assert sorted(row.followed_items) == [1, 2]  # b is u0's own, c and d are not


def test_without_times_every_follow_and_every_like_counts_whole(spark):
    rows = [("u1", "a", 1.0, 1, None, 1)]
    own = inputs(spark, interactions=rows, social=[("u0", "u1", None)])
    (row,) = social.followed_likes(own, catalogue(), Candidates()).collect()
    assert (row.followed_items, row.followed_scores) == ([0], [1.0])


def test_follows_that_begin_after_the_fold_or_lead_to_oneself_are_none(spark):
    own = inputs(spark, social=[("u0", "u1", LATE), ("u0", "u0", AS_OF)])
    assert social.build(own, catalogue(), Candidates()) is None
