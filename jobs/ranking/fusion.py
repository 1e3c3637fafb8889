"""Reciprocal ranks, and what makes scores of different scales comparable.

Source: Cormack, Clarke and Buettcher 2009, with a weight a source, since fusing a weak source at equal weight hurts.
"""

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

RANK_CONSTANT = 20.0
"""Damps the difference between the first ranks. Constants of 5, 20 and 60, and z-scores, agree (EXPERIMENTS.md)."""


def shares(ranks: FloatArray) -> FloatArray:
    """Return float32, as ``ranks``: what each source gives each item, 0 where it did not name it."""
    return np.asarray(np.nan_to_num(RANK_CONSTANT / (RANK_CONSTANT + ranks), nan=0.0), dtype=np.float32)


def standardised(scores: npt.NDArray[np.floating], user_of: IntArray) -> npt.NDArray[np.float64]:
    """Return float64[n_pairs]: each score less its user's mean, by its user's standard deviation.

    Args:
        scores: [n_pairs], finite.
        user_of: int64[n_pairs], dense user indexes.
    """
    values = scores.astype(np.float64)
    n_pairs = np.maximum(np.bincount(user_of), 1)
    centred = values - (np.bincount(user_of, values) / n_pairs)[user_of]
    spread = np.sqrt(np.bincount(user_of, centred**2) / n_pairs)
    return np.asarray(centred / np.where(spread > 0, spread, 1.0)[user_of])
