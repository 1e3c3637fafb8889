"""Percentile bootstrap over users (Efron 1979): the interval of a mean, and of a difference on the same users."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]
_RESAMPLES_AT_ONCE = 50
_ENDS = [2.5, 97.5]
_DRAWN_AT_ONCE = 5_000_000  # rows: 40 MB of indices, and as much of counts


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
        low, high = np.percentile(resampled_means(values, n_resamples, seed), _ENDS, axis=0)
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
    seeds = np.random.SeedSequence(seed).spawn(2)
    sides = [resampled_means(values, n_resamples, own) for values, own in zip((best, worst), seeds, strict=True)]
    low, high = np.percentile(sides[0] - sides[1], _ENDS)
    return float(low), float(high)


def resampled_means(values: FloatMatrix, n_resamples: int, seed: int | np.random.SeedSequence) -> FloatMatrix:
    """Return each column's mean in every resample of the rows, float64[n_resamples, n_columns].

    Args:
        values: float64[n_rows, n_columns]; all columns are resampled alike, so that ratios of columns are too.
        n_resamples: Resamples of the rows.
        seed: Of the resamples.
    """
    return np.concatenate([times @ values / len(values) for times in _resamples(len(values), n_resamples, seed)])


def _resamples(n_users: int, n_resamples: int, seed: int | np.random.SeedSequence) -> Iterator[npt.NDArray[np.int64]]:
    """Yield how often each user was drawn, int64[n_at_once, n_users]."""
    rng = np.random.default_rng(seed)
    at_once = max(1, min(_RESAMPLES_AT_ONCE, _DRAWN_AT_ONCE // n_users))
    for start in range(0, n_resamples, at_once):
        size = min(at_once, n_resamples - start)
        drawn = rng.integers(0, n_users, size=(size, n_users))
        yield np.stack([np.bincount(row, minlength=n_users) for row in drawn])
