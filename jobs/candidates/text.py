"""Each item's neighbours by the meaning of its text."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from scipy import sparse
from threadpoolctl import threadpool_limits

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.top_k import FloatArray, top_k
from jobs.contract.tables import ITEM_ID

_SCORES_A_BLOCK = 1 << 25
_NEIGHBOURS = "item int, neighbour int, similarity float"


def text_neighbours(embeddings: DataFrame, items: Catalogue, k: int) -> sparse.csr_matrix | None:
    """Return each embedded item's k nearest eligible items by cosine, or None where nothing is embedded.

    Args:
        embeddings: Rows of ``item_embeddings``.
        items: Dense order and eligibility.
        k: Neighbours per item, itself left out; only similarities above 0 count.

    Returns:
        float32[n_items, n_items], at most k entries a row. Cost: embedded items x eligible items x dim, spread over
        tasks.
    """
    spark = embeddings.sparkSession
    vectors = dense_vectors(embeddings, items.index(), "embedding")
    if vectors is None:
        return None
    embedded = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    targets = embedded[items.eligible[embedded]]
    shared = spark.sparkContext.broadcast((vectors, targets))
    rows = spark.createDataFrame([(int(item),) for item in embedded], "item int")

    def nearest(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        all_vectors, columns = shared.value
        size = max(1, _SCORES_A_BLOCK // max(1, len(columns)))
        with threadpool_limits(1):
            for batch in batches:
                queries = batch.column(0).to_numpy()
                for start in range(0, len(queries), size):
                    yield _nearest(all_vectors, queries[start : start + size], columns, k)

    table = rows.repartition(spark.sparkContext.defaultParallelism).mapInArrow(nearest, _NEIGHBOURS).toArrow()
    shared.unpersist()
    item, neighbour, similarity = (column.to_numpy() for column in table.columns)
    n_items = len(items.item_ids)
    return sparse.csr_matrix((similarity, (item, neighbour)), shape=(n_items, n_items), dtype=np.float32)


def dense_vectors(vectors: DataFrame, index: dict[str, int], column: str) -> FloatArray | None:
    """Collect item-sized vectors as float32[n_items, dim] in dense order, zeros where an item has none."""
    table = vectors.select(ITEM_ID, column).toArrow()
    places = [(row, index[item_id]) for row, item_id in enumerate(table.column(0).to_pylist()) if item_id in index]
    if not places:
        return None
    flat = table.column(1).combine_chunks()
    values = flat.flatten().to_numpy().reshape(len(flat), -1)
    dense = np.zeros((len(index), values.shape[1]), dtype=np.float32)
    rows, targets = np.array(places).T
    dense[targets] = values[rows]
    return dense


def _nearest(vectors: FloatArray, queries: np.ndarray, columns: np.ndarray, k: int) -> pa.RecordBatch:
    scores = vectors[queries] @ vectors[columns].T
    scores[(queries[:, None] == columns[None, :]) | (scores <= 0)] = -np.inf
    best = top_k(scores, k)
    item = np.repeat(queries, [len(found) for found in best]).astype(np.int32)
    places = np.concatenate(best) if best else np.zeros(0, dtype=np.int64)
    row = np.repeat(np.arange(len(queries)), [len(found) for found in best])
    arrays = [pa.array(item), pa.array(columns[places].astype(np.int32)), pa.array(scores[row, places])]
    return pa.RecordBatch.from_arrays(arrays, names=["item", "neighbour", "similarity"])
