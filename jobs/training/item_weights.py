"""Item-to-item models as a table, and back."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from scipy import sparse

from jobs.contract.tables import ITEM_ID


def weight_rows(weights: sparse.csr_matrix, item_ids: list[str]) -> pa.Table:
    """Return (item_id, liked_ids, weights), a row an item that has any.

    Args:
        weights: float32[n, n]: row = item, column = liked item that speaks for it.
        item_ids: At least n ids, by dense index.
    """
    ids = pa.array(item_ids, pa.string())
    lengths = np.diff(weights.indptr)
    kept = np.flatnonzero(lengths)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int32))
    columns = {
        ITEM_ID: ids.take(pa.array(kept)),
        "liked_ids": pa.ListArray.from_arrays(offsets, ids.take(pa.array(weights.indices))),
        "weights": pa.ListArray.from_arrays(offsets, pa.array(weights.data.astype(np.float32))),
    }
    return pa.table(columns)


def weight_matrix(rows: DataFrame, item_ids: list[str]) -> sparse.csr_matrix | None:
    """Return float32[n_items, n_items], row = liked item, column = what it speaks for; None without rows.

    Args:
        rows: item_id, liked_ids, weights, item-sized: they are collected.
        item_ids: By dense index; entries of other items are left out.
    """
    table = rows.select(ITEM_ID, "liked_ids", "weights").toArrow().combine_chunks()
    if not table.num_rows:
        return None
    ids = pa.array(item_ids, pa.string())
    liked_lists, weights = table["liked_ids"].combine_chunks(), table["weights"].combine_chunks().flatten()
    item = np.repeat(_places(table[ITEM_ID].combine_chunks(), ids), np.diff(liked_lists.offsets.to_numpy()))
    liked = _places(liked_lists.flatten(), ids)
    known = (item >= 0) & (liked >= 0)
    shape = (len(item_ids), len(item_ids))
    return sparse.csr_matrix((weights.to_numpy()[known], (liked[known], item[known])), shape=shape, dtype=np.float32)


def _places(wanted: pa.Array, ids: pa.Array) -> np.ndarray:
    return np.asarray(pc.fill_null(pc.index_in(wanted, value_set=ids), -1))
