import numpy as np
import pytest

from jobs.training.als import Values, fit_als, liked_ratings, with_index

SCHEMA = "user_id string, item_id string, weight double"


@pytest.fixture(scope="module")
def interactions(spark):
    groups = [(f"u{u}", f"{'ab'[u % 2]}{i}", 1.0) for u in range(20) for i in range(6) if (u + i) % 5]
    return spark.createDataFrame([*groups, ("u0", "b0", 0.0), ("é", "only seen", 0.0)], SCHEMA)


def fit(interactions):
    return fit_als(liked_ratings(interactions), Values(4, 2.0, 0.2), 5, seed=1)


def factors(frame, key):
    return {row[key]: np.array(row.factors) for row in frame.collect()}


def test_users_score_their_own_group_higher_and_what_was_not_liked_is_not_learnt(interactions):
    users, items = fit(interactions)
    by_user, by_item = factors(users, "user_id"), factors(items, "item_id")
    assert by_user["u0"] @ by_item["a0"] > by_user["u0"] @ by_item["b1"] + 0.3
    assert "é" not in by_user
    assert "only seen" not in by_item
    assert all(len(vector) == 4 for vector in by_user.values())


def test_the_same_seed_gives_the_same_factors_whatever_the_partitioning(interactions):
    first, second = (factors(fit(interactions.repartition(n)).items, "item_id") for n in (1, 3))
    assert first.keys() == second.keys()
    assert all(np.allclose(first[item], second[item], atol=1e-5) for item in first)


def test_indexes_are_dense_and_in_order(spark):
    frame = spark.createDataFrame([("b",), ("a",), ("b",), ("é",)], "user_id string")
    assert {row.user_id: row.n for row in with_index(frame, "user_id", "n").collect()} == {"a": 0, "b": 1, "é": 2}


def test_where_nothing_is_liked_there_are_no_factors(spark):
    users, items = fit(spark.createDataFrame([("u", "i", 0.0)], SCHEMA))
    assert (users.columns, users.count()) == (["user_id", "factors"], 0)
    assert (items.columns, items.count()) == (["item_id", "factors"], 0)
