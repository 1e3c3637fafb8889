"""How often every two items were taken by one user: the matrix that EASE solves."""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from scipy import sparse

from jobs.vectors.top_k import FloatArray

_PAIRS_AT_ONCE = 1 << 24


def gram_matrix(batches: Iterable[pa.RecordBatch], n_items: int, user_exponent: float = 0.0) -> FloatArray:
    """Return float32[n_items, n_items]: users who took both; on the diagonal, users who took the item.

    Args:
        batches: One column, items list<int32>: distinct dense indexes of one user; those from ``n_items`` up are left
            out.
        n_items: Items counted. Memory: 4 bytes x n_items squared, and some 300 MB for the pairs of a part of the users.
        user_exponent: Each of a user's n items counts n**-user_exponent; 0 = all users alike.
    """
    counts = np.zeros((n_items, n_items), dtype=np.float32)
    for batch in batches:
        for lists in _of_few_pairs(batch.column(0)):
            taken = damped(taken_matrix(lists, n_items), user_exponent)
            together = (taken.T @ taken).tocoo()
            counts[together.row, together.col] += together.data
    return counts


def _of_few_pairs(lists: pa.ListArray) -> Iterator[pa.ListArray]:
    """Yield the lists in parts of at most ``_PAIRS_AT_ONCE`` pairs, or of one list."""
    pairs = np.cumsum(np.diff(lists.offsets.to_numpy()).astype(np.int64) ** 2)
    start = 0
    while start < len(lists):
        before = pairs[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(pairs, before + _PAIRS_AT_ONCE, side="right")))
        yield lists.slice(start, end - start)
        start = end


def damped(taken: sparse.csr_matrix, user_exponent: float) -> sparse.csr_matrix:
    """Return the matrix with each row's n entries counted n**-user_exponent, so that long histories decide less."""
    if not user_exponent:
        return taken
    lengths = np.maximum(np.diff(taken.indptr), 1).astype(np.float32)
    return (sparse.diags(lengths**-user_exponent) @ taken).tocsr()


def taken_matrix(lists: pa.ListArray, n_items: int, values: FloatArray | None = None) -> sparse.csr_matrix:
    """Return float32[n_lists, n_items], 1 or the item's value where a list holds an item below ``n_items``.

    Args:
        lists: list<int32>, dense indexes.
        n_items: Columns.
        values: float32, one for each entry of the lists, laid end to end; None = 1.
    """
    items = lists.flatten().to_numpy()
    row = np.repeat(np.arange(len(lists)), np.diff(lists.offsets.to_numpy()))
    known = items < n_items
    own = np.ones(int(known.sum()), dtype=np.float32) if values is None else values[known]
    return sparse.csr_matrix((own, (row[known], items[known])), shape=(len(lists), n_items))
