import numpy as np

from jobs.vectors.top_k import top_k, top_k_entries

NO = -np.inf


def test_best_columns_come_first_and_ties_go_to_the_lower_column():
    scores = np.array([[0.5, 0.9, 0.5, 0.1], [1.0, 1.0, 1.0, 1.0]], dtype=np.float32)
    assert [row.tolist() for row in top_k(scores, 2)] == [[1, 0], [0, 1]]


def test_what_may_not_be_taken_is_never_returned_even_when_too_few_remain():
    scores = np.array([[NO, 0.2, NO], [NO, NO, NO]], dtype=np.float32)
    assert [row.tolist() for row in top_k(scores, 2)] == [[1], []]


def test_k_beyond_the_catalogue_returns_every_allowed_column():
    scores = np.array([[0.1, NO, 0.3]], dtype=np.float32)
    assert [row.tolist() for row in top_k(scores, 99)] == [[2, 0]]


def test_agrees_with_a_full_sort_on_random_scores_with_many_ties():
    scores = np.random.default_rng(0).integers(0, 20, size=(50, 300)).astype(np.float32)
    expected = [np.lexsort((np.arange(300), -row))[:25].tolist() for row in scores]
    assert [row.tolist() for row in top_k(scores, 25)] == expected


def test_entries_are_the_same_columns_laid_end_to_end_with_their_rows():
    scores = np.array([[1, 3, 2], [-np.inf, -np.inf, -np.inf], [5, 5, 4]], np.float32)
    row, column = top_k_entries(scores, 2)
    assert (row.tolist(), column.tolist()) == ([0, 0, 2, 2], [1, 2, 0, 1])


def test_no_rows_give_no_entries():
    assert [found.tolist() for found in top_k_entries(np.zeros((0, 3), np.float32), 2)] == [[], []]
