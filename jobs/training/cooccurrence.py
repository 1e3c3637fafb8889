"""Item-item similarity from co-occurrence: cosine with shrinkage.

Source: Sarwar et al. 2001 for the cosine, Bell and Koren 2007 for the shrinkage term in the denominator, Deshpande and
Karypis 2004 for long histories that count less in each of their pairs.

A user's history goes to every block of items that it touches; a task counts one block's rows whole and keeps only each
item's best, so that pairs are never shuffled or sorted. Cost: the sum over users of history length squared, in compiled
code; shuffled are histories times the blocks they touch. Memory of a task: one block of counts, whatever the users.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy import sparse

from jobs.training.gram import damped, taken_matrix
from jobs.vectors.top_k import FloatArray, IntArray, top_k_entries

_COUNTS_A_BLOCK = 1 << 25
_NEIGHBOURS = "item int, neighbour int, similarity float"


def taken_counts(histories: DataFrame, n_items: int, user_exponent: float = 0.0) -> FloatArray:
    """Return float32[n_items]: how many of the histories hold each item.

    Args:
        histories: items array<int>.
        n_items: Length of what is returned.
        user_exponent: Each of a history's n items counts n**-user_exponent, squared as in a pair; 0 = all alike.
    """
    weight = F.pow(F.size("items"), F.lit(-2 * user_exponent)).alias("weight")
    counted = histories.select(F.explode("items").alias("item"), weight).groupBy("item").agg(F.sum("weight"))
    counts = np.zeros(n_items, dtype=np.float32)
    for item, n_users in counted.collect():
        counts[item] = n_users
    return counts


def neighbours(  # noqa: PLR0913 - the settings of one model
    histories: DataFrame,
    n_users: FloatArray,
    shrinkage: float,
    k: int,
    user_exponent: float = 0.0,
    block_items: int | None = None,
) -> sparse.csr_matrix:
    """Return each item's k most similar items.

    Args:
        histories: items array<int>, distinct dense indexes of one user.
        n_users: float32[n_items], from ``taken_counts`` of the same histories.
        shrinkage: Added to the denominator.
        k: Neighbours per item.
        user_exponent: As for ``taken_counts``.
        block_items: Items counted at once; None = as many as 128 MB of counts hold.

    Returns:
        float32[n_items, n_items], at most k entries a row; ties go to the lower index.
    """
    n_items = len(n_users)
    size = block_items or max(1, _COUNTS_A_BLOCK // max(1, n_items))
    context = histories.sparkSession.sparkContext
    shared = context.broadcast(n_users)

    def nearest(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for block, counts in _counted_blocks(batches, n_items, size, user_exponent):
            yield _similar_rows(block * size, counts, shared.value, shrinkage, k)

    blocks = F.array_distinct(F.transform("items", lambda item: F.floor(item / size).cast("int")))
    touched = histories.select(F.explode(blocks).alias("block"), "items")
    tasks = min(-(-n_items // size), 4 * context.defaultParallelism)
    ordered = touched.repartition(tasks, "block").sortWithinPartitions("block")
    table = ordered.mapInArrow(nearest, _NEIGHBOURS).toArrow()
    shared.unpersist()
    item, neighbour, similarity = (column.to_numpy() for column in table.columns)
    return sparse.csr_matrix((similarity, (item, neighbour)), shape=(n_items, n_items), dtype=np.float32)


def _counted_blocks(
    batches: Iterator[pa.RecordBatch], n_items: int, size: int, user_exponent: float
) -> Iterator[tuple[int, FloatArray]]:
    """Yield each block with float32[size, n_items], how many users took both; batches come ordered by block."""
    current, counts = None, np.zeros((0, 0), dtype=np.float32)
    for batch in batches:
        of_row = batch.column(0).to_numpy()
        for block in np.unique(of_row):
            if block != current:
                if current is not None:
                    yield current, counts
                current, counts = int(block), np.zeros((size, n_items), dtype=np.float32)
            _add(counts, batch.column(1).filter(pa.array(of_row == block)), int(block) * size, user_exponent)
    if current is not None:
        yield current, counts


def _add(counts: FloatArray, histories: pa.ListArray, start: int, user_exponent: float) -> None:
    """Add the histories' pairs of (item of the block, any item) to ``counts``."""
    size, n_items = counts.shape
    taken = damped(taken_matrix(histories, n_items), user_exponent)
    together = (taken[:, start : start + size].T @ taken).tocoo()
    counts[together.row, together.col] += together.data


def most_similar(
    together: FloatArray, own: IntArray, n_users: FloatArray, shrinkage: float, k: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (row of ``together``, neighbour, similarity): each row's k nearest by shrunk cosine, best first.

    Args:
        together: float32[n_rows, n_items], users who took both.
        own: int[n_rows], the item of each row; never its own neighbour.
        n_users: float32[n_items], users who took each item.
        shrinkage: Added to the denominator.
        k: Neighbours per row; ties go to the lower index.
    """
    denominator = np.sqrt(np.outer(n_users[own], n_users)) + max(shrinkage, 1e-9)
    similarity = np.asarray(together / denominator, dtype=np.float32)
    similarity[together == 0] = -np.inf
    similarity[np.arange(len(own)), own] = -np.inf
    row, column = top_k_entries(similarity, k)
    return row, column, similarity[row, column]


def _similar_rows(start: int, counts: FloatArray, n_users: FloatArray, shrinkage: float, k: int) -> pa.RecordBatch:
    own = np.arange(start, min(start + len(counts), len(n_users)))
    row, column, similarity = most_similar(counts[: len(own)], own, n_users, shrinkage, k)
    arrays = [own[row].astype(np.int32), column.astype(np.int32), similarity]
    return pa.RecordBatch.from_arrays([pa.array(a) for a in arrays], names=["item", "neighbour", "similarity"])
