import numpy as np
import pyarrow as pa

from jobs.training.gram import gram_matrix, taken_matrix


def _batch(*histories):
    return pa.RecordBatch.from_arrays([pa.array(histories, pa.list_(pa.int32()))], names=["items"])


def test_counts_are_users_who_took_both_whatever_the_batches():
    whole = gram_matrix([_batch([2, 0], [0], [], [1, 0])], 3)
    assert whole.tolist() == [[3, 1, 1], [1, 1, 0], [1, 0, 1]]
    assert gram_matrix([_batch([2, 0]), _batch([0], []), _batch([1, 0])], 3).tolist() == whole.tolist()


def test_items_past_the_limit_are_left_out():
    assert gram_matrix([_batch([2, 0], [1, 2])], 2).tolist() == [[1, 0], [0, 1]]


def test_a_sliced_list_column_keeps_its_own_rows():
    lists = pa.array([[0], [1, 2], [2]], pa.list_(pa.int32())).slice(1)
    assert np.array_equal(taken_matrix(lists, 3).toarray(), [[0, 1, 1], [0, 0, 1]])
