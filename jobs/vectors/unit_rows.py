"""Vectors of length one."""

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]


def unit_rows(vectors: FloatMatrix) -> FloatMatrix:
    """Return float32[n, dim] with every row divided by its length; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
