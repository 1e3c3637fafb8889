import numpy as np
from scipy import sparse

from jobs.training.item_weights import weight_matrix, weight_rows

WEIGHTS = sparse.csr_matrix(np.array([[0, 0.5, -0.25], [0, 0, 0], [1, 0, 0]], np.float32))


def test_an_item_without_weights_has_no_row():
    rows = weight_rows(WEIGHTS, ["a", "b/1", "é"]).to_pylist()
    assert rows == [
        {"item_id": "a", "liked_ids": ["b/1", "é"], "weights": [0.5, -0.25]},
        {"item_id": "é", "liked_ids": ["a"], "weights": [1.0]},
    ]


def test_the_matrix_runs_from_what_was_liked_to_what_it_speaks_for_and_skips_unknown_items(spark):
    rows = spark.createDataFrame(weight_rows(WEIGHTS, ["a", "b/1", "é"]))
    found = weight_matrix(rows, ["é", "other", "a"])
    assert found.toarray().tolist() == [[0, 0, -0.25], [0, 0, 0], [1, 0, 0]]


def test_no_rows_give_no_matrix(spark):
    nothing = spark.createDataFrame([], "item_id string, liked_ids array<string>, weights array<float>")
    assert weight_matrix(nothing, ["a"]) is None
