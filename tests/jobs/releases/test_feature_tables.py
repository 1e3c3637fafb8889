from datetime import UTC, datetime

import pytest

from jobs.contract.tables import (
    INTERACTIONS,
    ITEM_PROFILE,
    RANKED,
    USER_PROFILE,
    USER_RECOMMENDATIONS,
    VALIDATED_ITEMS,
)
from jobs.releases.feature_tables import item_profile, user_profile, user_recommendations
from jobs.spark_io import conform

AS_OF = datetime(2026, 1, 31, 12, tzinfo=UTC)
CREATED = datetime(2026, 2, 1, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def interactions(spark):
    rows = [
        ("ann", "a", "train", 1.0, 2, datetime(2026, 1, 1, tzinfo=UTC), 0),
        ("ann", "a", "test", 1.0, 3, datetime(2026, 1, 9, tzinfo=UTC), 3),
        ("ann", "b", "train", 1.0, 1, datetime(2026, 1, 2, tzinfo=UTC), 1),
        ("ann", "c", "train", 0.0, 1, datetime(2026, 1, 3, tzinfo=UTC), 2),
        ("bob", "a", "train", 1.0, 1, None, 0),
        ("bob", "stray", "train", 1.0, 4, None, 1),
    ]
    return spark.createDataFrame(rows, INTERACTIONS.ddl)


@pytest.fixture(scope="module")
def items(spark):
    rows = [
        ("a", "Alpha", None, ["x", "y"], None, None, None, None, "items.csv", 0),
        ("b", "Beta", None, ["y", "y"], None, None, None, None, "items.csv", 1),
        ("c", "Gamma", None, ["z"], None, None, None, None, "items.csv", 2),
        ("d", "Delta", None, None, None, None, None, None, "items.csv", 3),
    ]
    return spark.createDataFrame(rows, VALIDATED_ITEMS.ddl)


def test_only_final_lists_become_recommendations(spark):
    ranked = [
        ("final", "ann", ["b", "a"], [0.5, 0.25], [1, 2], ["taste", "popular"], ["", ""], ["", ""]),
        ("backtest", "ann", ["c"], [1.0], [1], ["taste"], [""], [""]),
    ]
    rows = user_recommendations(spark.createDataFrame(ranked, RANKED.ddl), AS_OF, CREATED)
    (row,) = conform(rows, USER_RECOMMENDATIONS).collect()
    assert (row.user_id, row.item_ids, row.scores) == ("ann", ["b", "a"], [0.5, 0.25])
    assert row.event_timestamp == AS_OF.replace(tzinfo=None)
    assert row.created_timestamp == CREATED.replace(tzinfo=None)


def test_an_items_profile_counts_events_and_distinct_users(items, interactions):
    rows = conform(item_profile(items, interactions, AS_OF, CREATED), ITEM_PROFILE).collect()
    counts = {row.item_id: (row.title, row.n_events, row.n_users) for row in rows}
    assert counts == {
        "a": ("Alpha", 6, 2),
        "b": ("Beta", 1, 1),
        "c": ("Gamma", 1, 1),
        "d": ("Delta", 0, 0),
        "stray": ("stray", 4, 1),
    }


def test_a_users_categories_are_of_distinct_liked_items_most_frequent_first_ties_by_name(items, interactions):
    rows = conform(user_profile(interactions, items, AS_OF, CREATED), USER_PROFILE).collect()
    ann, bob = sorted(rows, key=lambda row: row.user_id)
    # a gives x and y, b gives y once, c was not liked.
    assert (ann.n_events, ann.n_items, ann.top_categories) == (7, 3, ["y", "x"])
    assert ann.last_event_at == datetime(2026, 1, 9)
    assert (bob.n_events, bob.n_items, bob.top_categories, bob.last_event_at) == (5, 2, ["x", "y"], None)


def test_at_most_five_categories_are_named(spark, interactions):
    many = [("b", "Beta", None, list("hgfedcba"), None, None, None, None, "items.csv", 0)]
    frame = user_profile(interactions, spark.createDataFrame(many, VALIDATED_ITEMS.ddl), AS_OF, CREATED)
    categories = {row.user_id: row.top_categories for row in frame.collect()}
    assert categories == {"ann": ["a", "b", "c", "d", "e"], "bob": []}
