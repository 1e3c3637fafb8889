from datetime import UTC, datetime, timedelta

from jobs.contract.rule_settings import Exclusions
from jobs.contract.tables import INTERACTIONS, ITEM_PROFILE
from jobs.releases.fallback import popular

AT = datetime(2026, 1, 31, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_most_liked_come_first_ties_by_id_and_only_what_is_available(spark):
    liked = [("u1", "b"), ("u2", "b"), ("u1", "c"), ("u1", "a"), ("u1", "later"), ("u1", "over"), ("u1", "ends")]
    rows = [(user, item, "train", 1.0, 5, None, 0) for user, item in liked]
    rows += [("u3", "unloved", "train", 0.0, 1, None, 0), ("u2", "b", "test", 1.0, 1, None, 1)]
    times = {"later": (AT + DAY, None), "over": (None, AT - DAY), "ends": (None, AT), "a": (AT, AT + DAY)}
    profiles = [
        (item, item, None, 1, 1, *times.get(item, (None, None)), AT, AT)
        for item in ("a", "b", "c", "later", "over", "ends", "unloved")
    ]
    interactions = spark.createDataFrame(rows, INTERACTIONS.ddl)
    profile = spark.createDataFrame(profiles, ITEM_PROFILE.ddl)
    found = popular(interactions, profile, AT, 10, Exclusions())
    assert (found.ids, found.scores) == (["b", "a", "c"], [2.0, 1.0, 1.0])
    assert popular(interactions, profile, AT, 2, Exclusions()).ids == ["b", "a"]


def test_what_nobody_is_recommended_is_not_popular_either(spark):
    rows = [(user, item, "train", 1.0, 5, None, 0) for user in ("u", "v") for item in "abcd"]
    categories = {"a": ["Horror"], "b": [], "c": None, "d": ["Comedy", "Horror"]}
    profile = [(item, item, own, 1, 1, None, None, AT, AT) for item, own in categories.items()]
    frames = spark.createDataFrame(rows, INTERACTIONS.ddl), spark.createDataFrame(profile, ITEM_PROFILE.ddl)
    assert popular(*frames, AT, 10, Exclusions(items=("b", "nowhere"))).ids == ["a", "c", "d"]
    assert popular(*frames, AT, 10, Exclusions(categories=("Horror",))).ids == ["b", "c"]
    assert popular(*frames, AT, 10, Exclusions(items=("b",), categories=("Comedy", "Drama"))).ids == ["a", "c"]
