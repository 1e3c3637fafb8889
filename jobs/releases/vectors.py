"""The vectors that make items similar: text embeddings, or ALS factors where the dataset has no texts."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.errors import ReleaseError
from jobs.contract.tables import FOLD, ITEM_ID, Fold
from jobs.vectors.collect import collect_vectors


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
        ContractError: If vectors of one kind differ in length.
    """
    known_ids = known.select(ITEM_ID)
    vectors = _unit_vectors(embeddings.join(known_ids, on=ITEM_ID, how="left_semi"), "embedding", "text")
    if vectors.ids:
        return vectors
    final = item_factors.where(F.col(FOLD) == Fold.FINAL.value)
    vectors = _unit_vectors(final.join(known_ids, on=ITEM_ID, how="left_semi"), "factors", "als")
    if not vectors.ids:
        raise ReleaseError("No item has a vector: found neither text embeddings nor ALS factors, so no index is built.")
    return vectors


def _unit_vectors(frame: DataFrame, column: str, kind: Literal["text", "als"]) -> Vectors:
    """Return the frame's vectors as unit rows, sorted by item id; zero and non-finite vectors are left out."""
    ids, matrix = collect_vectors(frame, column)
    norms = np.linalg.norm(matrix.astype(np.float64), axis=1)
    usable = [row for row in range(len(ids)) if np.isfinite(norms[row]) and norms[row] > 0]
    ordered = sorted(usable, key=ids.__getitem__)
    unit = (matrix[ordered] / norms[ordered, None]).astype(np.float32)
    return Vectors(kind, [ids[row] for row in ordered], unit)
