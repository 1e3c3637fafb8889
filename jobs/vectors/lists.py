"""Vectors as an Arrow column."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def vector_lists(matrix: npt.NDArray[np.float32]) -> pa.ListArray:
    """Return list<float>[n]: each row of float32[n, dim] as a list."""
    n_rows, dim = matrix.shape
    offsets = pa.array(np.arange(n_rows + 1, dtype=np.int32) * dim)
    return pa.ListArray.from_arrays(offsets, pa.array(matrix.ravel(), pa.float32()))
