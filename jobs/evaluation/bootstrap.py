"""Percentile bootstrap over users (Efron 1979): the interval of a mean, and of a difference on the same users."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]
_RESAMPLES_AT_ONCE = 50
_ENDS = [2.5, 97.5]


def bootstrap_interval(values: FloatMatrix, n_resamples: int, seed: int) -> tuple[FloatMatrix, FloatMatrix]:
    """Return the 95% interval of each column's mean.

    Args:
        values: float64[n_users, n_columns]; all columns are resampled alike, so that differences of columns are paired.
            NaN where a user has no value in a column: the mean is then over the others.
        n_resamples: Resamples of the users.
        seed: Of the resamples.

    Returns:
        Low and high ends, float64[n_columns] each.
    """
    known = ~np.isnan(values)
    if known.all():
        means = [times @ values / len(values) for times in _resamples(len(values), n_resamples, seed)]
        low, high = np.percentile(np.concatenate(means), _ENDS, axis=0)
        return low, high
    filled, counted = np.where(known, values, 0.0), known.astype(np.float64)
    with np.errstate(invalid="ignore"):  # a resample may draw none of a column's users: it then says nothing
        means = [times @ filled / (times @ counted) for times in _resamples(len(values), n_resamples, seed)]
    low, high = np.nanpercentile(np.concatenate(means), _ENDS, axis=0)
    return low, high


def gap_interval(best: FloatMatrix, worst: FloatMatrix, n_resamples: int, seed: int) -> tuple[float, float]:
    """Return the 95% interval of the difference of two groups' means, each resampled within itself.

    Args:
        best: float64[n_best].
        worst: float64[n_worst], other users.
        n_resamples: Resamples of each.
        seed: Of the resamples; the groups' draws are independent.
    """
    sides = [
        np.concatenate([times @ values / len(values) for times in _resamples(len(values), n_resamples, own_seed)])
        for values, own_seed in zip((best, worst), np.random.SeedSequence(seed).spawn(2), strict=True)
    ]
    low, high = np.percentile(sides[0] - sides[1], _ENDS)
    return float(low), float(high)


def _resamples(n_users: int, n_resamples: int, seed: int | np.random.SeedSequence) -> Iterator[npt.NDArray[np.int64]]:
    """Yield how often each user was drawn, int64[n_at_once, n_users]."""
    rng = np.random.default_rng(seed)
    for start in range(0, n_resamples, _RESAMPLES_AT_ONCE):
        size = min(_RESAMPLES_AT_ONCE, n_resamples - start)
        drawn = rng.integers(0, n_users, size=(size, n_users))
        yield np.stack([np.bincount(row, minlength=n_users) for row in drawn])
