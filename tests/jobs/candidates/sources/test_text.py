import numpy as np
import pytest

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.text import text_neighbours

SCHEMA = "item_id string, embedding array<float>"
ITEMS = ["a", "b", "c", "d"]


def test_neighbours_are_the_nearest_eligible_items_without_the_item_itself(spark):
    vectors = spark.createDataFrame([("a", [1.0, 0.0]), ("b", [0.8, 0.6]), ("d", [0.0, 1.0])], SCHEMA)
    found = text_neighbours(vectors, Catalogue(ITEMS, np.array([True, True, True, False])), k=2)
    assert found.toarray() == pytest.approx(np.array([[0, 0.8, 0, 0], [0.8, 0, 0, 0], [0, 0, 0, 0], [0, 0.6, 0, 0]]))


def test_without_any_embedding_there_are_no_neighbours(spark):
    assert text_neighbours(spark.createDataFrame([], SCHEMA), Catalogue(ITEMS, np.ones(4, dtype=bool)), k=2) is None
