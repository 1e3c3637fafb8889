"""Numbers cut into bands of about as many users each."""

from collections.abc import Sequence

import numpy as np


def banded(values: Sequence[float], n_bands: int) -> list[str]:
    """Return each value's band, named by the least and the greatest value in it, as "18 to 25".

    Bands end at quantiles of the values themselves. Equal values share a band, so that bands may differ in size, and
    there may be fewer of them.

    Args:
        values: Finite numbers, at least one.
        n_bands: Bands wanted.
    """
    numbers = np.asarray(values, dtype=np.float64)
    ends = np.quantile(numbers, np.arange(1, n_bands) / n_bands, method="inverted_cdf")
    band = np.searchsorted(np.unique(ends), numbers, side="left")
    names = {own: _span(numbers[band == own]) for own in np.unique(band).tolist()}
    return [names[own] for own in band.tolist()]


def _span(numbers: np.ndarray) -> str:
    low, high = float(numbers.min()), float(numbers.max())
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
