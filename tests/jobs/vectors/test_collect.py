import pytest

from jobs.contract.errors import ContractError
from jobs.vectors.collect import collect_vectors, dense_vectors

SCHEMA = "item_id string, embedding array<float>"


def test_vectors_of_different_lengths_are_refused(spark):
    vectors = spark.createDataFrame([("a", [1.0, 0.0]), ("b", [1.0, 0.0, 0.0])], SCHEMA)
    with pytest.raises(ContractError, match=r"\(embedding\) have lengths 2, 3, expected one"):
        collect_vectors(vectors, "embedding")


def test_no_vectors_give_an_empty_matrix_and_no_dense_one(spark):
    nothing = spark.createDataFrame([], SCHEMA)
    assert collect_vectors(nothing, "embedding")[0] == []
    assert dense_vectors(nothing, {"a": 0}, "embedding") is None


def test_dense_vectors_leave_zeros_for_items_without_one_and_skip_unknown_items(spark):
    vectors = spark.createDataFrame([("b", [1.0, 2.0]), ("unknown", [9.0, 9.0])], SCHEMA)
    assert dense_vectors(vectors, {"a": 0, "b": 1}, "embedding").tolist() == [[0, 0], [1, 2]]
