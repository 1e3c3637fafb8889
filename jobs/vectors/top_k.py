"""The k best of each row of a score matrix, with ties that never depend on chance."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


def top_k(scores: FloatArray, k: int) -> list[IntArray]:
    """Return each row's k best columns.

    Args:
        scores: float32[n_rows, n_columns]; -inf marks what may not be taken.
        k: At most so many columns a row.

    Returns:
        A list of int64[<= k], best first; ties go to the lower column. A row with fewer finite scores gives fewer.
    """
    n_columns = scores.shape[1]
    if k >= n_columns:
        thresholds = np.full(len(scores), -np.inf, dtype=np.float32)
    else:
        thresholds = np.partition(scores, n_columns - k, axis=1)[:, n_columns - k]
    return [_best(row, threshold, k) for row, threshold in zip(scores, thresholds, strict=True)]


def top_k_entries(scores: FloatArray, k: int) -> tuple[IntArray, IntArray]:
    """Return what ``top_k`` finds as (row, column), int64 each: rows in order, each one's columns best first."""
    best = top_k(scores, k)
    row = np.repeat(np.arange(len(best)), [len(found) for found in best])
    return row, np.concatenate([np.zeros(0, dtype=np.int64), *best])


def _best(row: FloatArray, threshold: np.float32, k: int) -> IntArray:
    columns = np.flatnonzero((row >= threshold) & (row > -np.inf))
    return columns[np.argsort(-row[columns], kind="stable")][:k]
