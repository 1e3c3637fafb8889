import numpy as np
import pytest

from jobs.evaluation.item_facts import ItemFacts, item_facts
from jobs.evaluation.list_values import list_values, values_of_lists

LISTS = "system string, user_id string, items array<string>"
EMBEDDINGS = "item_id string, text_hash string, embedding array<float>"
# Eight users; "a" was liked by four, "b" by two, "c" by none.
LIKED = [(f"u{i}", "a") for i in range(4)] + [(f"u{i}", "b") for i in (4, 5)] + [("u6", "x"), ("u7", "x")]


@pytest.fixture
def liked(spark):
    return spark.createDataFrame(LIKED, "user_id string, item_id string")


def test_popularity_novelty_and_distance_against_values_worked_by_hand(spark, liked):
    lists = spark.createDataFrame([("ranked", "u", ["a", "b", "c"]), ("source/als", "u", ["b"])], LISTS)
    # The cosines of a, b and c: 0, 1 and 0; lengths do not matter.
    vectors = [("a", "", [2.0, 0.0]), ("b", "", [0.0, 1.0]), ("c", "", [0.0, 3.0])]
    facts = item_facts(lists, liked, spark.createDataFrame(vectors, EMBEDDINGS))
    found = list_values(lists, facts, [2, 3], ["u"])
    own = {name: values.tolist() for name, values in found["ranked"].items()}
    assert own["arp@2"] == [3.0]
    assert own["arp@3"] == [2.0]
    # -log2 of 4/8, 2/8 and, counted as one user, 1/8
    assert own["novelty@3"] == [2.0]
    assert own["ild@2"] == pytest.approx([1.0])
    assert own["ild@3"] == pytest.approx([2 / 3])
    assert found["source/als"]["arp@3"].tolist() == [2.0]


def test_a_metric_that_no_list_has_is_left_out_and_a_user_without_one_has_nan(spark, liked):
    lists = spark.createDataFrame([("ranked", "u", ["a"]), ("ranked", "v", [])], LISTS)
    facts = item_facts(lists, liked, spark.createDataFrame([("a", "", [1.0])], EMBEDDINGS))
    found = list_values(lists, facts, [2], ["u", "v", "w"])
    assert set(found["ranked"]) == {"arp@2", "novelty@2"}
    np.testing.assert_equal(found["ranked"]["arp@2"], [4.0, np.nan, np.nan])


def test_without_embeddings_there_is_no_distance(spark, liked):
    lists = spark.createDataFrame([("ranked", "u", ["a", "b"])], LISTS)
    facts = item_facts(lists, liked, spark.createDataFrame([], EMBEDDINGS))
    assert facts.vectors is None
    assert set(list_values(lists, facts, [2], ["u"])["ranked"]) == {"arp@2", "novelty@2"}


def test_the_distance_is_the_mean_over_all_pairs_of_embedded_items():
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(7, 4))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors[3] = 0  # no embedding
    facts = ItemFacts({}, np.ones(7, dtype=np.int64), 1, vectors)
    found = values_of_lists(np.array([[0, 3, 5, 6, -1]]), facts, [5])[0, 2]
    pairs = [1 - float(vectors[i] @ vectors[j]) for i, j in ((0, 5), (0, 6), (5, 6))]
    assert found == pytest.approx(np.mean(pairs), abs=1e-6)
