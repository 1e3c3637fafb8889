"""Item-item similarity from co-occurrence: cosine with shrinkage.

Source: Sarwar et al. 2001 for the cosine, Bell and Koren 2007 for the shrinkage term in the denominator.

Each task multiplies its own users' sparse matrix with itself, so that only summed pairs are shuffled, never one row
for every pair of every user. Cost: the sum over users of history length squared, in compiled code; the shuffle is at
most the number of distinct pairs times the number of tasks.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812
from scipy import sparse

from jobs.candidates.top_k import FloatArray

PAIRS = "item int, neighbour int, n_users int"
_COLUMNS_A_BLOCK = 4_096
_USERS_A_MATRIX = 50_000


def co_occurrences(histories: DataFrame, n_items: int) -> DataFrame:
    """Return (item, neighbour, n_users) with item < neighbour: how many users took both.

    Args:
        histories: items array<int>, distinct dense indexes of one user.
        n_items: Number of dense indexes.
    """

    def count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for matrix in _matrices(batches, n_items):
            yield from _pairs(matrix)

    counted = histories.select("items").mapInArrow(count, PAIRS)
    return counted.groupBy("item", "neighbour").agg(F.sum("n_users").alias("n_users"))


def taken_counts(histories: DataFrame, n_items: int) -> FloatArray:
    """Return float32[n_items]: how many of the histories hold each item."""
    counts = np.zeros(n_items, dtype=np.float32)
    for item, n_users in histories.select(F.explode("items").alias("item")).groupBy("item").count().collect():
        counts[item] = n_users
    return counts


def neighbours(pairs: DataFrame, n_users: FloatArray, shrinkage: float, k: int) -> sparse.csr_matrix:
    """Return each item's k most similar items.

    Args:
        pairs: From ``co_occurrences``.
        n_users: float32[n_items], how many users took each item, from the same histories.
        shrinkage: Added to the denominator.
        k: Neighbours per item.

    Returns:
        float32[n_items, n_items], at most k entries a row; ties go to the lower index.
    """
    spark = pairs.sparkSession
    counts = spark.createDataFrame([(i, float(n)) for i, n in enumerate(n_users)], "id int, n double")
    both = pairs.unionByName(pairs.selectExpr("neighbour AS item", "item AS neighbour", "n_users"))
    similar = (
        both.join(F.broadcast(counts.toDF("item", "n_item")), on="item", how="inner")
        .join(F.broadcast(counts.toDF("neighbour", "n_neighbour")), on="neighbour", how="inner")
        .withColumn("similarity", F.col("n_users") / (F.sqrt(F.col("n_item") * F.col("n_neighbour")) + shrinkage))
    )
    best = Window.partitionBy("item").orderBy(F.desc("similarity"), "neighbour")
    kept = similar.withColumn("place", F.row_number().over(best)).where(F.col("place") <= k)
    table = kept.select("item", "neighbour", F.col("similarity").cast("float")).toArrow()
    item, neighbour, similarity = (column.to_numpy() for column in table.columns)
    return sparse.csr_matrix((similarity, (item, neighbour)), shape=(len(n_users), len(n_users)), dtype=np.float32)


def _matrices(batches: Iterator[pa.RecordBatch], n_items: int) -> Iterator[sparse.csr_matrix]:
    """Group batches into float32[n_users, n_items] matrices of 0 and 1."""
    rows: list[pa.Array] = []
    for batch in batches:
        rows.append(batch.column(0))
        if sum(map(len, rows)) >= _USERS_A_MATRIX:
            yield _matrix(rows, n_items)
            rows = []
    if rows:
        yield _matrix(rows, n_items)


def _matrix(rows: list[pa.Array], n_items: int) -> sparse.csr_matrix:
    lists = pa.concat_arrays(rows)
    offsets, items = lists.offsets.to_numpy(), lists.flatten().to_numpy()
    ones = np.ones(len(items), dtype=np.float32)
    return sparse.csr_matrix((ones, items, offsets - offsets[0]), shape=(len(lists), n_items))


def _pairs(matrix: sparse.csr_matrix) -> Iterator[pa.RecordBatch]:
    by_item = matrix.tocsc()
    transposed = matrix.T.tocsr()
    for start in range(0, matrix.shape[1], _COLUMNS_A_BLOCK):
        block = (transposed @ by_item[:, start : start + _COLUMNS_A_BLOCK].tocsr()).tocoo()
        item, neighbour = block.row, block.col + start
        upper = item < neighbour
        if upper.any():
            columns = [item[upper], neighbour[upper], block.data[upper]]
            yield pa.RecordBatch.from_arrays(
                [pa.array(values.astype(np.int32)) for values in columns], names=["item", "neighbour", "n_users"]
            )
