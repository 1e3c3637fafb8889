import numpy as np
import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.tables import ALS_ITEM_FACTORS, ITEM_EMBEDDINGS
from jobs.releases.vectors import choose_vectors


def _known(spark, *ids):
    return spark.createDataFrame([(item_id,) for item_id in ids], "item_id string")


def test_vectors_come_out_as_unit_rows_sorted_by_id_without_zero_and_non_finite_ones(spark):
    given = {"b": [0.0, 2.0], "a": [3.0, 4.0], "zero": [0.0, 0.0], "nan": [float("nan"), 1.0], "é": [1.0, 0.0]}
    texts = spark.createDataFrame([(item, "hash", vector) for item, vector in given.items()], ITEM_EMBEDDINGS.ddl)
    vectors = choose_vectors(texts, spark.createDataFrame([], ALS_ITEM_FACTORS.ddl), _known(spark, *given))
    assert vectors.ids == ["a", "b", "é"]
    np.testing.assert_allclose(vectors.matrix, [[0.6, 0.8], [0.0, 1.0], [1.0, 0.0]], rtol=1e-6)
    assert vectors.matrix.dtype == np.float32


def test_texts_are_preferred_and_unknown_items_left_out(spark):
    texts = spark.createDataFrame([("a", "hash", [1.0, 0.0]), ("unknown", "hash", [0.0, 1.0])], ITEM_EMBEDDINGS.ddl)
    factors = spark.createDataFrame([("final", "a", [1.0])], ALS_ITEM_FACTORS.ddl)
    vectors = choose_vectors(texts, factors, _known(spark, "a"))
    assert (vectors.kind, vectors.ids) == ("text", ["a"])


def test_without_texts_the_final_factors_are_taken(spark):
    texts = spark.createDataFrame([], ITEM_EMBEDDINGS.ddl)
    factors = spark.createDataFrame([("final", "a", [2.0]), ("backtest", "b", [1.0])], ALS_ITEM_FACTORS.ddl)
    vectors = choose_vectors(texts, factors, _known(spark, "a", "b"))
    assert (vectors.kind, vectors.ids, vectors.matrix.tolist()) == ("als", ["a"], [[1.0]])


def test_neither_texts_nor_factors_is_an_error(spark):
    texts, factors = (spark.createDataFrame([], table.ddl) for table in (ITEM_EMBEDDINGS, ALS_ITEM_FACTORS))
    with pytest.raises(ReleaseError, match="found neither text embeddings nor ALS factors"):
        choose_vectors(texts, factors, _known(spark, "a"))
