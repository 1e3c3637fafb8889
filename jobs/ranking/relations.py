"""What an item has in common with the one of the user's own that speaks for it: the rarest entity of both."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from scipy import sparse

from jobs.contract.tables import ITEM_ID

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Relations:
    """The entities of items, item-sized.

    Attributes:
        item_ids: string[n_items].
        entities: float32[n_items, n_entities]: 1 / items of the entity, where an item has it.
        relations: int32[n_items, n_entities], of the same shape: 1 + the place in ``names`` of how the item has it, or
            1 + len(names) where the data names no relation.
        names: Relations.
    """

    item_ids: pa.Array
    entities: sparse.csr_matrix
    relations: sparse.csr_matrix
    names: list[str]

    @cached_property
    def _words(self) -> npt.NDArray[np.object_]:
        return np.array(["", *self.names, ""], dtype=object)

    def shared(self, item_ids: pa.Array, others: pa.Array) -> list[str]:
        """Return, pair by pair, the relation of the rarest entity that both items have; "" where they share none.

        Args:
            item_ids: string[n].
            others: string[n].
        """
        found = np.full(len(item_ids), "", dtype=object)
        item, other = (pc.fill_null(pc.index_in(ids, self.item_ids), -1).to_numpy() for ids in (item_ids, others))
        known = np.flatnonzero((item >= 0) & (other >= 0))
        if len(known):
            both = self.entities[item[known]].multiply(self.entities[other[known]]).tocsr()
            rarest = np.asarray(both.argmax(axis=1)).ravel()
            own, others_own = (self._named(rows, rarest) for rows in (item[known], other[known]))
            sharing = np.diff(both.indptr) > 0
            found[known] = np.where(sharing, np.where(own != "", own, others_own), "")
        return [str(name) for name in found]

    def _named(self, rows: IntArray, entities: IntArray) -> npt.NDArray[np.object_]:
        return np.asarray(self._words[np.asarray(self.relations[rows, entities]).ravel()])


def item_relations(entities: DataFrame) -> Relations | None:
    """Return the relations of items, or None without any.

    Args:
        entities: From ``jobs.candidates.sources.graph.item_entities``, item-sized: they are collected.
    """
    rows = entities.toPandas().sort_values([ITEM_ID, "entity"])
    if rows.empty:
        return None
    row, ids = pd.factorize(rows[ITEM_ID])
    column, entity_ids = pd.factorize(rows["entity"], sort=True)
    named = rows["relation"].astype("category").cat
    codes = named.codes.to_numpy()
    place = np.where(codes < 0, len(named.categories), codes).astype(np.int32) + 1
    shape = (len(ids), len(entity_ids))
    rarity = (1 / rows["degree"].to_numpy()).astype(np.float32)
    return Relations(
        pa.array(ids.tolist(), pa.string()),
        sparse.csr_matrix((rarity, (row, column)), shape=shape),
        sparse.csr_matrix((place, (row, column)), shape=shape),
        named.categories.tolist(),
    )
