"""Item-sized vectors, from a Spark frame to one matrix."""

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame

from jobs.contract.errors import ContractError, examples
from jobs.contract.tables import ITEM_ID

FloatMatrix = npt.NDArray[np.float32]


def collect_vectors(frame: DataFrame, column: str) -> tuple[list[str], FloatMatrix]:
    """Return the items' ids and, row by row, their vectors as float32[n_items, dim]; no order is promised.

    Args:
        frame: item_id and ``column`` array<float>, item-sized: it is collected.
        column: Name of the vectors' column.

    Raises:
        ContractError: If the vectors differ in length.
    """
    table = frame.select(ITEM_ID, column).toArrow().combine_chunks()
    ids = table[ITEM_ID].to_pylist()
    if not ids:
        return [], np.empty((0, 0), np.float32)
    lists = table[column].combine_chunks()
    lengths = sorted({int(length) for length in np.diff(lists.offsets.to_numpy())})
    if len(lengths) > 1:
        raise ContractError(
            f"Item vectors ({column}) have lengths {examples(lengths)}, expected one. Rerun the stage that wrote them."
        )
    flat = lists.flatten().to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    return ids, flat.reshape(len(ids), -1)


def dense_vectors(frame: DataFrame, index: dict[str, int], column: str) -> FloatMatrix | None:
    """Return float32[n_items, dim] in dense order, zeros where an item has none; None if no item has one.

    Args:
        frame: item_id and ``column`` array<float>; unknown items are left out.
        index: Item id -> dense index.
        column: Name of the vectors' column.

    Raises:
        ContractError: If the vectors differ in length.
    """
    return in_dense_order(*collect_vectors(frame, column), index)


def in_dense_order(ids: list[str], vectors: FloatMatrix, index: dict[str, int]) -> FloatMatrix | None:
    """Return float32[n_items, dim] as ``dense_vectors`` does, of what was collected before."""
    known = [(row, index[item_id]) for row, item_id in enumerate(ids) if item_id in index]
    if not known:
        return None
    rows, places = np.array(known).T
    dense = np.zeros((len(index), vectors.shape[1]), dtype=np.float32)
    dense[places] = vectors[rows]
    return dense
