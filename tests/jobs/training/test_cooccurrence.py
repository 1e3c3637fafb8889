import numpy as np
import pytest

from jobs.training.cooccurrence import neighbours, taken_counts

HISTORIES = [([2, 0, 1],), ([1, 0],), ([1, 3],), ([],), ([0],)]


@pytest.fixture(scope="module")
def histories(spark):
    return spark.createDataFrame(HISTORIES, "items array<int>").repartition(2).persist()


def test_an_items_count_is_how_many_histories_hold_it(histories):
    assert taken_counts(histories, 5).tolist() == [3, 3, 1, 1, 0]


@pytest.mark.parametrize("block_items", [None, 1, 3])
def test_similarity_is_the_shrunk_cosine_and_runs_both_ways_whatever_the_blocks(histories, block_items):
    found = neighbours(histories, taken_counts(histories, 4), 1.0, 4, block_items=block_items).toarray()
    expected = np.zeros((4, 4))
    expected[0, 1] = 2 / (3 + 1)
    expected[0, 2] = expected[1, 2] = expected[1, 3] = 1 / (3**0.5 + 1)
    assert found == pytest.approx(expected + expected.T)


def test_only_the_k_most_similar_are_kept_ties_to_the_lower_index(histories):
    found = neighbours(histories, taken_counts(histories, 4), shrinkage=0.0, k=1).toarray()
    # item 1: 0 at 2/3, 2 and 3 at 1/sqrt(3): 0 is kept. Item 2: 0 and 1 tie at 1/sqrt(3): 0 is kept.
    assert [np.flatnonzero(row).tolist() for row in found] == [[1], [0], [0], [1]]


def test_histories_without_pairs_give_no_neighbours(spark):
    alone = spark.createDataFrame([([0],), ([1],), ([],)], "items array<int>")
    assert neighbours(alone, taken_counts(alone, 2), shrinkage=1.0, k=3).nnz == 0


def test_agrees_with_the_dense_product_on_random_histories(spark):
    rng = np.random.default_rng(0)
    taken = rng.random((60, 40)) < 0.2
    frame = spark.createDataFrame([(np.flatnonzero(row).tolist(),) for row in taken], "items array<int>")
    counts = taken.T.astype(float) @ taken
    n = counts.diagonal()
    expected = counts / (np.sqrt(np.outer(n, n)) + 2.0)
    np.fill_diagonal(expected, 0)
    assert neighbours(frame, taken_counts(frame, 40), 2.0, 40, block_items=7).toarray() == pytest.approx(expected)


def test_a_long_history_counts_less_in_each_of_its_pairs(histories):
    damped = taken_counts(histories, 4, user_exponent=0.5)
    assert damped == pytest.approx([1 / 3 + 1 / 2 + 1, 1 / 3 + 1 / 2 + 1 / 2, 1 / 3, 1 / 2])
    found = neighbours(histories, damped, 0.0, 4, user_exponent=0.5).toarray()
    assert found[0, 1] == pytest.approx((1 / 3 + 1 / 2) / (damped[0] * damped[1]) ** 0.5)
    assert found[1, 3] == pytest.approx((1 / 2) / (damped[1] * damped[3]) ** 0.5)
