import numpy as np
import pyarrow as pa
import pytest

from jobs.training import gram as grams
from jobs.training.gram import gram_matrix, taken_matrix


def _batch(*histories):
    return pa.RecordBatch.from_arrays([pa.array(histories, pa.list_(pa.int32()))], names=["items"])


def test_counts_are_users_who_took_both_whatever_the_batches():
    whole = gram_matrix([_batch([2, 0], [0], [], [1, 0])], 3)
    assert whole.tolist() == [[3, 1, 1], [1, 1, 0], [1, 0, 1]]
    assert gram_matrix([_batch([2, 0]), _batch([0], []), _batch([1, 0])], 3).tolist() == whole.tolist()


@pytest.mark.parametrize("pairs_at_once", [1, 5, 9, 1000])
def test_counts_are_the_same_however_many_pairs_are_laid_out_at_once(monkeypatch, pairs_at_once):
    histories = [[2, 0], [0], [], [1, 0, 2], [], [1, 2]]
    whole = gram_matrix([_batch(*histories)], 3, user_exponent=0.5)
    monkeypatch.setattr(grams, "_PAIRS_AT_ONCE", pairs_at_once)
    assert gram_matrix([_batch(*histories)], 3, user_exponent=0.5) == pytest.approx(whole)


def test_items_past_the_limit_are_left_out():
    assert gram_matrix([_batch([2, 0], [1, 2])], 2).tolist() == [[1, 0], [0, 1]]


def test_a_sliced_list_column_keeps_its_own_rows():
    lists = pa.array([[0], [1, 2], [2]], pa.list_(pa.int32())).slice(1)
    assert np.array_equal(taken_matrix(lists, 3).toarray(), [[0, 1, 1], [0, 0, 1]])


def test_items_of_long_histories_count_less_by_the_users_exponent():
    # Of four, two and one items; at exponent a half each item counts 1/2, 1/sqrt(2) and 1, each pair the square.
    gram = gram_matrix([_batch([0, 1, 2, 3], [0, 1]), _batch([0])], 4, user_exponent=0.5)
    assert gram[0] == pytest.approx([1 / 4 + 1 / 2 + 1, 1 / 4 + 1 / 2, 1 / 4, 1 / 4])
    assert gram[2] == pytest.approx([1 / 4] * 4)
    assert gram == pytest.approx(gram.T)


def test_only_the_items_that_count_make_a_history_long_and_an_empty_one_does_no_harm():
    gram = gram_matrix([_batch([0, 7, 8, 9], [])], 2, user_exponent=0.5)
    assert gram.tolist() == [[1, 0], [0, 0]]
