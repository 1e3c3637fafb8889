"""Each item's most similar items, exactly, a block of items at a time."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.contract.errors import ContractError
from jobs.releases.vectors import Vectors

_BLOCK_BYTES = 256 << 20


def nearest(
    queries: NDArray[np.intp], unit_rows: NDArray[np.float32], k: int, *, block_bytes: int = _BLOCK_BYTES
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.float32]]]:
    """Yield each query row's k nearest other rows by cosine similarity.

    Args:
        queries: int[n_queries], rows of ``unit_rows``.
        unit_rows: float32[n_rows, dim], of length one.
        k: Neighbours per row, at least 1; fewer come out where there are not so many other rows.
        block_bytes: Memory of one block of similarities.

    Yields:
        (row, int[k] its neighbours, float32[k] their similarities), best first; ties go to the lower row.

    Raises:
        ContractError: If k is below 1.
    """
    if k < 1:
        raise ContractError(f"Neighbours per item: found {k}, expected at least 1 (publish.neighbours).")
    k = min(k, len(unit_rows) - 1)
    block_rows = max(1, block_bytes // (4 * len(unit_rows)))
    for start in range(0, len(queries), block_rows):
        rows = queries[start : start + block_rows]
        similarities = unit_rows[rows] @ unit_rows.T
        similarities[np.arange(len(rows)), rows] = -np.inf
        yield from _best(rows, similarities, k)


def neighbour_table(vectors: Vectors, k: int) -> pa.Table:
    """Return (item_id, neighbour_ids, similarities), a row an item, from the exact nearest of ``vectors``."""
    ids = pa.array(vectors.ids, pa.string())
    rows, lengths, others, similarities = [], [0], [], []
    for row, nearest_rows, values in nearest(np.arange(len(vectors.ids)), vectors.matrix, k):
        rows.append(row)
        lengths.append(len(nearest_rows))
        others.append(nearest_rows.astype(np.int32))
        similarities.append(values)
    offsets = pa.array(np.cumsum(lengths), pa.int32())
    columns = {
        "item_id": ids.take(pa.array(rows)),
        "neighbour_ids": pa.ListArray.from_arrays(offsets, ids.take(pa.array(np.concatenate(others)))),
        "similarities": pa.ListArray.from_arrays(offsets, pa.array(np.concatenate(similarities))),
    }
    return pa.table(columns)


def _best(
    rows: NDArray[np.intp], similarities: NDArray[np.float32], k: int
) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.float32]]]:
    if k == 0:
        yield from ((int(row), np.empty(0, np.intp), np.empty(0, np.float32)) for row in rows)
        return
    # Partitioning alone would pick any of the rows that tie at the k-th place; equal texts are common.
    thresholds = np.partition(similarities, -k, axis=1)[:, -k]
    for row, values, threshold in zip(rows, similarities, thresholds, strict=True):
        among = np.flatnonzero(values >= threshold)
        best = among[np.lexsort((among, -values[among]))][:k]
        yield int(row), best, values[best]
