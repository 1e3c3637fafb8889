"""The vectors that make items similar: text embeddings, or ALS factors where the dataset has no texts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from jobs.contract.errors import ContractError, ReleaseError, examples
from jobs.contract.tables import FOLD, ITEM_ID, Fold


@dataclass(frozen=True)
class Vectors:
    """Unit vectors of items.

    Attributes:
        kind: Where they come from.
        ids: Item ids, sorted; position i is row i and Annoy's item i.
        matrix: float32[n_items, dim], unit rows.
    """

    kind: Literal["text", "als"]
    ids: list[str]
    matrix: NDArray[np.float32]


def choose_vectors(embeddings: DataFrame, item_factors: DataFrame, known: DataFrame) -> Vectors:
    """Return text embeddings if there are any, else the final ALS item factors.

    Args:
        embeddings: Table item_embeddings.
        item_factors: Table als_item_factors.
        known: Frame with the release's item_ids; vectors of other items are left out.

    Raises:
        ReleaseError: If there are neither.
    """
    known_ids = known.select(ITEM_ID)
    texts = embeddings.select(ITEM_ID, F.col("embedding").alias("vector")).join(known_ids, on=ITEM_ID, how="left_semi")
    vectors = collect_vectors(texts, "text")
    if vectors.ids:
        return vectors
    final = item_factors.where(F.col(FOLD) == Fold.FINAL.value)
    factors = final.select(ITEM_ID, F.col("factors").alias("vector")).join(known_ids, on=ITEM_ID, how="left_semi")
    vectors = collect_vectors(factors, "als")
    if not vectors.ids:
        raise ReleaseError("No item has a vector: found neither text embeddings nor ALS factors, so no index is built.")
    return vectors


def collect_vectors(frame: DataFrame, kind: Literal["text", "als"]) -> Vectors:
    """Return the frame's vectors as unit rows, sorted by item id; zero and non-finite vectors are left out.

    Args:
        frame: (item_id string, vector array<float>), item-sized: it is collected.
        kind: Where the vectors come from.

    Raises:
        ContractError: If the vectors differ in length.
    """
    table = frame.select(ITEM_ID, "vector").toArrow().combine_chunks()
    ids = table[ITEM_ID].to_pylist()
    if not ids:
        return Vectors(kind, [], np.empty((0, 0), np.float32))
    column = table["vector"].combine_chunks()
    lengths = np.diff(column.offsets.to_numpy())
    if len(set(lengths)) > 1:
        found = sorted({int(length) for length in lengths})
        raise ContractError(f"Item vectors ({kind}) have lengths {examples(found)}, expected one. Rerun embed_items.")
    matrix = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32).reshape(len(ids), -1)
    norms = np.linalg.norm(matrix.astype(np.float64), axis=1)
    usable = [row for row in range(len(ids)) if np.isfinite(norms[row]) and norms[row] > 0]
    ordered = sorted(usable, key=ids.__getitem__)
    unit = (matrix[ordered] / norms[ordered, None]).astype(np.float32)
    return Vectors(kind, [ids[row] for row in ordered], unit)
