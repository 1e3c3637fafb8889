"""The table of each item's most similar items."""

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession

from jobs.releases.vectors import Vectors
from jobs.vectors.nearest import nearest_by_spark


def neighbour_table(spark: SparkSession, vectors: Vectors, k: int) -> pa.Table:
    """Return (item_id, neighbour_ids, similarities), a row an item as ``vectors`` has them, best first."""
    everything = np.arange(len(vectors.ids))
    item, neighbour, similarity = nearest_by_spark(spark, vectors.matrix, everything, everything, k)
    ids = pa.array(vectors.ids, pa.string())
    offsets = pa.array(np.concatenate([[0], np.cumsum(np.bincount(item, minlength=len(everything)))]), pa.int32())
    columns = {
        "item_id": ids,
        "neighbour_ids": pa.ListArray.from_arrays(offsets, ids.take(pa.array(neighbour))),
        "similarities": pa.ListArray.from_arrays(offsets, pa.array(similarity)),
    }
    return pa.table(columns)
