"""The smooth part of what people take: items in the few directions along which tastes differ most.

Source: the ideal low-pass filter of Shen et al. 2021 (GF-CF), which with other exponents is PureSVD (Cremonesi et al.
2010). We take the eigenvectors of the co-occurrence matrix instead of the singular vectors of users x items, so that
nothing user-sized is held; users' and items' degrees count by the exponents below.
"""

from typing import NamedTuple

import numpy as np

from jobs.training.strongest import strongest_directions
from jobs.vectors.top_k import FloatArray

_NEGLIGIBLE = 1e-4
"""Of the strongest direction: weaker ones, and those below 0, are what rounding makes where there are no more."""
USER_EXPONENT = 0.25
"""A history of n items counts n**-.25 in each of its pairs' two places: long ones do not decide alone."""


class SpectralVectors(NamedTuple):
    """A user's vector is the sum of ``gathers`` over what was liked; a score is its dot product with ``gives``."""

    gathers: FloatArray
    """float32[n_items, rank]"""
    gives: FloatArray
    """float32[n_items, rank], the strongest direction first."""


def spectral_vectors(gram: FloatArray, n_users: FloatArray, rank: int, item_exponent: float) -> SpectralVectors:
    """Return every item's vectors.

    Args:
        gram: float32[n_items, n_items], from ``gram_matrix`` with ``USER_EXPONENT``; changed in place.
        n_users: float32[n_items], how many users took each item.
        rank: Directions; fewer where fewer hold anything. An item that was taken with none, nor by itself, has zeros.
        item_exponent: A popular item of n users counts n**-item_exponent.

    Cost: that of ``strongest_directions``; no memory beside ``gram`` but that of some thousand vectors.
    """
    damping = np.maximum(n_users, 1).astype(np.float32) ** -item_exponent
    gram *= damping[:, None]
    gram *= damping[None, :]
    met = gram.any(axis=1)
    if not met.any():
        return SpectralVectors(*(np.zeros((len(gram), 0), dtype=np.float32) for _ in range(2)))
    values, vectors = strongest_directions(gram, min(rank, len(gram)))
    strongest = vectors[:, values > _NEGLIGIBLE * values[0]]
    strongest[~met] = 0
    # An eigenvector's sign is arbitrary: the largest entry is made positive, so that reruns agree.
    strongest *= np.sign(strongest[np.abs(strongest).argmax(axis=0), np.arange(strongest.shape[1])])
    return SpectralVectors(strongest * damping[:, None], strongest / damping[:, None])


def first(vectors: SpectralVectors, rank: int) -> SpectralVectors:
    """Return the same with only the ``rank`` strongest directions."""
    return SpectralVectors(vectors.gathers[:, :rank], vectors.gives[:, :rank])
