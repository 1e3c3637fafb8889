import numpy as np
import pytest

from jobs.candidates.item_item import co_occurrences, neighbours, taken_counts

HISTORIES = [([2, 0, 1],), ([1, 0],), ([1, 3],), ([],), ([0],)]


@pytest.fixture(scope="module")
def histories(spark):
    return spark.createDataFrame(HISTORIES, "items array<int>").repartition(2)


def test_pairs_are_counted_once_each_over_all_tasks(histories):
    found = {(row.item, row.neighbour): row.n_users for row in co_occurrences(histories, 4).collect()}
    assert found == {(0, 1): 2, (0, 2): 1, (1, 2): 1, (1, 3): 1}


def test_an_items_count_is_how_many_histories_hold_it(histories):
    assert taken_counts(histories, 5).tolist() == [3, 3, 1, 1, 0]


def test_similarity_is_the_shrunk_cosine_and_runs_both_ways(histories):
    found = neighbours(co_occurrences(histories, 4), taken_counts(histories, 4), shrinkage=1.0, k=4).toarray()
    assert found[0, 1] == pytest.approx(2 / (3 + 1))
    assert found[0, 2] == pytest.approx(1 / (3**0.5 + 1))
    assert np.array_equal(found, found.T)
    assert not found.diagonal().any()


def test_only_the_k_most_similar_are_kept_ties_to_the_lower_index(histories):
    found = neighbours(co_occurrences(histories, 4), taken_counts(histories, 4), shrinkage=0.0, k=1).toarray()
    # item 1: 0 at 2/3, 2 and 3 at 1/sqrt(3): 0 is kept. Item 2: 0 and 1 tie at 1/sqrt(3): 0 is kept.
    assert [np.flatnonzero(row).tolist() for row in found] == [[1], [0], [0], [1]]
