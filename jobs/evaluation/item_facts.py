"""What is known of the recommended items: how many took them in training, and their place among texts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.popularity import likers
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.vectors.collect import dense_vectors
from jobs.vectors.unit_rows import unit_rows

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ItemFacts:
    """Facts of the items that some judged list holds; item-sized, broadcast to the tasks.

    Attributes:
        index: Item id -> row.
        n_users: int64[n_items], users who liked the item in the judged fold's training data.
        all_users: Users in that training data, at least 1.
        vectors: float32[n_items, dim], unit rows, zeros where an item has no embedding; None where none has.
    """

    index: dict[str, int]
    n_users: npt.NDArray[np.int64]
    all_users: int
    vectors: FloatArray | None


def item_facts(lists: DataFrame, liked: DataFrame, embeddings: DataFrame) -> ItemFacts:
    """Return the facts of every item in ``lists``.

    Memory: an id, a count and an embedding (1.5 KB for MiniLM) a recommended item, on the driver and in every task.

    Args:
        lists: system, user_id, items array<string>.
        liked: user_id, item_id of the judged fold's training data, a row a pair.
        embeddings: Rows of ``item_embeddings``.
    """
    listed = lists.select(F.explode("items").alias(ITEM_ID)).distinct().persist()
    counted = listed.join(likers(liked), on=ITEM_ID, how="left").select(ITEM_ID, F.coalesce("count", F.lit(0)))
    rows = counted.collect()
    index = {row[0]: place for place, row in enumerate(rows)}
    vectors = dense_vectors(embeddings.join(listed, on=ITEM_ID, how="left_semi"), index, "embedding")
    listed.unpersist()
    return ItemFacts(
        index=index,
        n_users=np.array([row[1] for row in rows], dtype=np.int64),
        all_users=max(1, liked.select(USER_ID).distinct().count()),
        vectors=None if vectors is None else unit_rows(vectors),
    )
