"""EASE: the linear model that predicts each item from all others, in closed form.

Source: Steck 2019, "Embarrassingly shallow autoencoders for sparse data", equation 8. We differ in what is kept: each
item's strongest weights, so that the model stays sparse and can be broadcast.
"""

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from jobs.contract.errors import ContractError
from jobs.vectors.top_k import FloatArray, top_k_entries

_ROWS_AT_ONCE = 512


def ease_weights(gram: FloatArray, regularisation: float, k: int, overwrite: bool = False) -> sparse.csr_matrix:
    """Return float32[n_items, n_items]: row = an item, column = a liked item that speaks for it, or against.

    Args:
        gram: float32[n_items, n_items], symmetric, from ``gram_matrix``.
        regularisation: Lambda, above 0; in users, since it stands beside counts of users.
        k: Weights kept per item, the largest by magnitude; ties go to the lower index. The diagonal is 0.
        overwrite: Whether ``gram`` may be solved in place, which halves the memory; it is then of no more use.

    Raises:
        ContractError: If the matrix cannot be inverted, which a regularisation above 0 rules out.

    Cost: n_items cubed floating-point operations and twice the memory of ``gram``, or once if it is overwritten.
    """
    n_items = len(gram)
    if not n_items:
        return sparse.csr_matrix((0, 0), dtype=np.float32)
    # Being symmetric, the matrix is its own transpose, which is what LAPACK's order of columns makes of it.
    inverse = gram.T if overwrite else gram.copy().T
    inverse[np.diag_indices(n_items)] += regularisation
    inverse, failed = lapack.spotrf(inverse, lower=1, overwrite_a=1)
    if not failed:
        inverse, failed = lapack.spotri(inverse, lower=1, overwrite_c=1)
    if failed:
        raise ContractError(f"EASE: the matrix of {n_items} items is singular at regularisation {regularisation}.")
    blocks = [_strongest(inverse, start, k) for start in range(0, n_items, _ROWS_AT_ONCE)]
    return sparse.vstack(blocks, format="csr", dtype=np.float32)


def _strongest(inverse: FloatArray, start: int, k: int) -> sparse.csr_matrix:
    """Return the weights of a block of items from the lower triangle of the inverse."""
    n_items = len(inverse)
    own = np.arange(start, min(start + _ROWS_AT_ONCE, n_items))
    rows = np.empty((len(own), n_items), dtype=np.float32)
    rows[:, :start] = inverse[own, :start]
    rows[:, start:] = inverse[start:, own].T
    inside = rows[:, own]
    rows[:, own] = np.tril(inside.T) + np.tril(inside.T, -1).T
    weights = -rows / inverse[own, own][:, None]
    weights[np.arange(len(own)), own] = 0
    strength = np.abs(weights)
    strength[strength == 0] = -np.inf
    row, column = top_k_entries(strength, k)
    return sparse.csr_matrix((weights[row, column], (row, column)), shape=(len(own), n_items))
