import numpy as np
import pyarrow as pa

from jobs.vectors.lists import vector_lists


def test_each_row_is_a_list():
    lists = vector_lists(np.array([[1, 2], [3, 4]], np.float32))
    assert (lists.to_pylist(), lists.type) == ([[1, 2], [3, 4]], pa.list_(pa.float32()))


def test_no_rows_give_no_lists():
    assert vector_lists(np.zeros((0, 3), np.float32)).to_pylist() == []
