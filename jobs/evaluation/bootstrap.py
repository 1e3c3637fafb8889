"""Percentile bootstrap over users (Efron 1979): the interval of a mean, and of a difference on the same users."""

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]
_RESAMPLES_AT_ONCE = 50
_DRAWN_AT_ONCE = 5_000_000  # rows: 40 MB of indices, and as much of counts


def bootstrap_interval(values: FloatMatrix, n_resamples: int, seed: int) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the 95% interval of each column's mean.

    Args:
        values: float64[n_users, n_columns]; all columns are resampled alike, so that differences of columns are paired.
        n_resamples: Resamples of the users.
        seed: Of the resamples.

    Returns:
        Low and high ends, float64[n_columns] each.
    """
    low, high = np.percentile(resampled_means(values, n_resamples, seed), [2.5, 97.5], axis=0)
    return low, high


def resampled_means(values: FloatMatrix, n_resamples: int, seed: int) -> FloatMatrix:
    """Return each column's mean in every resample of the rows, float64[n_resamples, n_columns].

    Args:
        values: float64[n_rows, n_columns]; all columns are resampled alike, so that ratios of columns are too.
        n_resamples: Resamples of the rows.
        seed: Of the resamples.
    """
    rng = np.random.default_rng(seed)
    n_rows = len(values)
    at_once = max(1, min(_RESAMPLES_AT_ONCE, _DRAWN_AT_ONCE // n_rows))
    means = []
    for start in range(0, n_resamples, at_once):
        size = min(at_once, n_resamples - start)
        drawn = rng.integers(0, n_rows, size=(size, n_rows))
        times = np.stack([np.bincount(row, minlength=n_rows) for row in drawn])
        means.append(times @ values / n_rows)
    return np.concatenate(means)
