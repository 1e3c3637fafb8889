"""The items that one fold knows, in dense order, and which of them may be recommended."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.availability import available_at
from jobs.contract.settings import Split
from jobs.contract.tables import ITEM_ID, PART, Fold, Part


@dataclass(frozen=True)
class Catalogue:
    """Items of one fold.

    Attributes:
        item_ids: Distinct, in byte order; an item's place here is its dense index.
        eligible: bool[n_items], whether it may be recommended.
    """

    item_ids: list[str]
    eligible: npt.NDArray[np.bool_]

    def index(self) -> dict[str, int]:
        """Return item id -> dense index."""
        return {item_id: position for position, item_id in enumerate(self.item_ids)}


def catalogue(items: DataFrame, parted: DataFrame, fold: Fold, split: Split, as_of: datetime) -> Catalogue:
    """Return what a fold may recommend: available items in the night, what its protocol says otherwise.

    Args:
        items: Rows of ``validated_items``.
        parted: Rows of ``interactions``.
        fold: The fold.
        split: Names the protocol. Protocols rank every item of the training data; ``cold_items`` ranks the items that
            lost their events, among themselves.
        as_of: When an item must be available.
    """
    if split.protocol == "night" and fold is Fold.BACKTEST:
        # What was taken then may be gone by now: judged by today's availability, held-out items could not be found.
        eligible = items.select(ITEM_ID, F.lit(True).alias("eligible"))
    elif split.protocol == "night":
        eligible = items.select(ITEM_ID, available_at(as_of).alias("eligible"))
    elif split.protocol == "cold_items":
        eligible = _items_of(parted, (Part.TEST,) if fold is Fold.FINAL else (Part.VALIDATION,))
    else:
        eligible = _items_of(parted, (Part.TRAIN,) if fold is Fold.BACKTEST else (Part.TRAIN, Part.VALIDATION))
    known = items.select(ITEM_ID).union(parted.select(ITEM_ID)).distinct()
    rows = known.join(eligible, on=ITEM_ID, how="left").select(ITEM_ID, F.coalesce("eligible", F.lit(False))).collect()
    ordered = sorted((row[0].encode(), row[0], row[1]) for row in rows)
    return Catalogue([item_id for _, item_id, _ in ordered], np.array([flag for *_, flag in ordered], dtype=bool))


def _items_of(parted: DataFrame, parts: tuple[Part, ...]) -> DataFrame:
    return (
        parted.where(F.col(PART).isin([part.value for part in parts]))
        .select(ITEM_ID, F.lit(True).alias("eligible"))
        .distinct()
    )
