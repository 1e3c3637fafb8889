"""Each item's nearest others by cosine similarity, exactly, a block of items at a time."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import SparkSession
from threadpoolctl import threadpool_limits

from jobs.vectors.top_k import FloatArray, top_k_entries

IntArray = npt.NDArray[np.intp]
_SCORES_A_BLOCK = 1 << 25
_SCHEMA = "item int, neighbour int, similarity float"


def nearest(
    vectors: FloatArray, queries: IntArray, targets: IntArray, k: int, scores_a_block: int = _SCORES_A_BLOCK
) -> Iterator[pa.RecordBatch]:
    """Yield (item, neighbour, similarity) of each query's k nearest targets, itself left out.

    Args:
        vectors: float32[n_items, dim], unit rows.
        queries: int[n_queries], rows of ``vectors``.
        targets: int[n_targets], rows that may be neighbours.
        k: Neighbours per query, at least 1; fewer come out where there are not so many targets.
        scores_a_block: Similarities held at once.

    Yields:
        Batches of item int32, neighbour int32, similarity float32: queries in their order, each one's neighbours best
        first; ties go to the target named first.
    """
    size = max(1, scores_a_block // max(1, len(targets)))
    others = vectors[targets].T
    for start in range(0, len(queries), size):
        block = queries[start : start + size]
        similarity = vectors[block] @ others
        similarity[block[:, None] == targets[None, :]] = -np.inf
        row, place = top_k_entries(similarity, k)
        arrays = [block[row].astype(np.int32), targets[place].astype(np.int32), similarity[row, place]]
        yield pa.RecordBatch.from_arrays([pa.array(a) for a in arrays], names=["item", "neighbour", "similarity"])


def nearest_by_spark(
    spark: SparkSession, vectors: FloatArray, queries: IntArray, targets: IntArray, k: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Return (item, neighbour, similarity) as ``nearest`` does, computed by Spark's tasks, sorted by item.

    Cost: queries x targets x dim, spread over the tasks; the result, queries x k, is collected.
    """
    shared = spark.sparkContext.broadcast((vectors, targets))
    rows = spark.createDataFrame([(int(item),) for item in queries], "item int")

    def found(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        matrix, columns = shared.value
        with threadpool_limits(1):
            for batch in batches:
                yield from nearest(matrix, batch.column(0).to_numpy(), columns, k)

    table = rows.repartition(spark.sparkContext.defaultParallelism).mapInArrow(found, _SCHEMA).toArrow()
    shared.unpersist()
    item, neighbour, similarity = (column.to_numpy() for column in table.columns)
    order = np.argsort(item, kind="stable")
    return item[order], neighbour[order], similarity[order]
