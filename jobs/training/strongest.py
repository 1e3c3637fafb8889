"""The strongest directions of a symmetric matrix, found by products with blocks of vectors.

Source: the block Lanczos method (Golub and Underwood 1977) from a random start, which finds the top of a wide spectrum
in few products (Musco and Musco 2015). SciPy's ``eigsh`` takes the matrix times one vector at a time and so reads all
of it from memory a thousand times; a block of vectors costs little more than one.
"""

import numpy as np
from scipy.linalg import eigh

from jobs.vectors.top_k import FloatArray

_SOLVED_WHOLE = 4_096
"""Rows up to which a matrix is decomposed as it is."""
_BLOCK = 64
_MOST_VECTORS = 3_072
"""Vectors in whose span is looked, and never fewer than four times the directions: then the best so far are taken."""
_TOLERANCE = 0.02
"""Of its own eigenvalue: what a direction may miss. Of the largest one it would say nothing of weak directions, which
count as much as the strongest (EXPERIMENTS.md)."""
_WEAKEST = 1e-3
"""Of the largest eigenvalue: directions as weak as this, or below 0, need not be nearer than one of this strength."""
_ROUNDING = 1e-5
"""Of a block's longest column: what is shorter once the span's part is taken off is what float32 rounds."""


def strongest_directions(matrix: FloatArray, k: int, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Return the ``k`` largest eigenvalues, largest first, and their eigenvectors.

    Args:
        matrix: float32[n, n], symmetric, with an eigenvalue above 0; left as it is.
        k: Directions, from 1 to n.
        seed: Of the first block: the same matrix gives the same directions.

    Returns:
        float32[k] and float32[n, k], columns of length 1. Past 4,096 rows, of directions that are equally strong to the
        last digit no more than 64 may be found, and weaker ones in their place.

    Cost: past 4,096 rows some thousand products of the matrix and a vector, in blocks; memory beside the matrix is two
    vectors a product.
    """
    size, most = len(matrix), -(-max(_MOST_VECTORS, 4 * k) // _BLOCK) * _BLOCK
    if size <= max(_SOLVED_WHOLE, most):
        values, vectors = eigh(matrix, subset_by_index=(size - k, size - 1))
        return values[::-1], vectors[:, ::-1]
    basis, image = (np.empty((size, most), dtype=np.float32, order="F") for _ in range(2))
    rng = np.random.default_rng(seed)
    block = _random(size, _BLOCK, rng)
    next_look = k + _BLOCK
    for start in range(0, most, _BLOCK):
        end = start + _BLOCK
        basis[:, start:end] = _orthonormal(block, basis[:, :start], rng)
        image[:, start:end] = block = matrix @ basis[:, start:end]
        if end >= next_look or end == most:
            values, vectors, missed = _best_within(basis[:, :end], image[:, :end], k)
            if missed <= _TOLERANCE:
                break
            # A look costs the cube of the vectors so far.
            next_look = end + end // 4
    return values, vectors


def _orthonormal(block: FloatArray, basis: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the block orthonormal, and to the basis; columns that add nothing to the basis are drawn anew.

    Where a matrix has few directions their products end within the basis, and what is left of them is rounding.
    """
    passes = 0
    while passes < 2:  # one would leave, in float32, what is no longer orthogonal after some blocks
        longest = np.linalg.norm(block, axis=0).max()
        block, r = np.linalg.qr(block - basis @ (basis.T @ block))
        spent = np.abs(np.diag(r)) <= _ROUNDING * longest
        block[:, spent] = _random(len(block), int(spent.sum()), rng)
        passes = 0 if spent.any() else passes + 1
    return block


def _random(size: int, n_columns: int, rng: np.random.Generator) -> FloatArray:
    """Return columns about as long as a unit vector."""
    return np.asarray(rng.standard_normal((size, n_columns)) / size**0.5, dtype=np.float32)


def _best_within(basis: FloatArray, image: FloatArray, k: int) -> tuple[FloatArray, FloatArray, float]:
    """Return the Ritz values and vectors of the span, the largest first, and the most that one misses of its value."""
    small = basis.T @ image
    n_tried = len(small)
    values, weights = eigh((small + small.T) / 2, subset_by_index=(n_tried - k, n_tried - 1))
    values, weights = values[::-1], weights[:, ::-1]
    vectors = basis @ weights
    residuals = np.linalg.norm(image @ weights - vectors * values, axis=0)
    return values, vectors, float((residuals / np.maximum(values, _WEAKEST * values[0])).max())
