"""Percentile bootstrap over users (Efron 1979): the interval of a mean, and of a difference on the same users."""

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]
_RESAMPLES_AT_ONCE = 50


def bootstrap_interval(values: FloatMatrix, n_resamples: int, seed: int) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the 95% interval of each column's mean.

    Args:
        values: float64[n_users, n_columns]; all columns are resampled alike, so that differences of columns are paired.
        n_resamples: Resamples of the users.
        seed: Of the resamples.

    Returns:
        Low and high ends, float64[n_columns] each.
    """
    rng = np.random.default_rng(seed)
    n_users = len(values)
    means = []
    for start in range(0, n_resamples, _RESAMPLES_AT_ONCE):
        size = min(_RESAMPLES_AT_ONCE, n_resamples - start)
        drawn = rng.integers(0, n_users, size=(size, n_users))
        times = np.stack([np.bincount(row, minlength=n_users) for row in drawn])
        means.append(times @ values / n_users)
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    return low, high
