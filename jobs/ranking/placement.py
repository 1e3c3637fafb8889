"""What stands in each user's list: the best by the ranker, or what the rules make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.contract.tables import USER_ID
from jobs.ranking.block import Block
from jobs.ranking.fusion import IntArray
from jobs.ranking.rules.apply import apply_rules
from jobs.ranking.rules.listing import Listing, from_ranker
from jobs.ranking.rules.rulebook import Rulebook

NOBODYS = -1
"""Stands for the pair of an item that a rule added and no source had named."""


@dataclass(frozen=True)
class Placement:
    """All lists of a block, one after the other, each best first.

    Attributes:
        pairs: int64[n], the block's pair or ``NOBODYS``.
        item_ids: string[n].
        scores: float64[n].
        placed_by: int8[n], codes of ``PlacedBy``.
        sizes: int64[n_users], length of each list.
    """

    pairs: IntArray
    item_ids: pa.StringArray
    scores: npt.NDArray[np.float64]
    placed_by: npt.NDArray[np.int8]
    sizes: IntArray


def by_ranker(block: Block, scores: npt.NDArray[np.float64], k: int) -> Placement:
    """Return each user's k best pairs.

    Args:
        block: The candidates.
        scores: float64[n_pairs], -inf for what is not recommended; ties go to the lower id.
        k: Items of a list.
    """
    best = block.best(scores, k)
    best = best[np.isfinite(scores[best])]
    sizes = np.bincount(block.user_of[best], minlength=len(block.users))
    item_ids = block.item_ids.take(pa.array(best))
    return Placement(best, item_ids, scores[best], np.zeros(len(best), dtype=np.int8), sizes)


def by_rules(
    block: Block, scores: npt.NDArray[np.float64], book: Rulebook, banned: list[IntArray], k: int, seed: int
) -> Placement:
    """Return each user's list after the rules.

    Args:
        block: The candidates.
        scores: As for ``by_ranker``.
        book: The rules; its catalogue holds the block's items.
        banned: For each user, items of the catalogue that no rule may add, rising.
        k: Items of a list.
        seed: Of exploration; folds in the run's date.
    """
    ranked = by_ranker(block, scores, len(block))
    dense = pc.index_in(ranked.item_ids, pa.array(book.catalogue.item_ids, pa.string())).to_numpy()
    ends = np.cumsum(ranked.sizes)
    listings, pairs = [], []
    for row, user_id in enumerate(block.users[USER_ID].to_pylist()):
        own = slice(ends[row] - ranked.sizes[row], ends[row])
        shown = apply_rules(
            from_ranker(dense[own], ranked.scores[own].astype(np.float32)), user_id, book, banned[row], k, seed
        )
        listings.append(shown)
        pairs.append(_pairs_of(shown, dense[own], ranked.pairs[own]))
    items = _joined([listing.items for listing in listings], np.int64)
    return Placement(
        pairs=_joined(pairs, np.int64),
        item_ids=pa.array(book.catalogue.item_ids, pa.string()).take(pa.array(items)),
        scores=_joined([listing.scores for listing in listings], np.float64),
        placed_by=_joined([listing.placed_by for listing in listings], np.int8),
        sizes=np.array([len(listing) for listing in listings], dtype=np.int64),
    )


def _pairs_of(shown: Listing, dense: IntArray, pairs: IntArray) -> IntArray:
    """Return the pair of each item shown, ``NOBODYS`` where it was no candidate."""
    if not len(dense):
        return np.full(len(shown), NOBODYS, dtype=np.int64)
    order = np.argsort(dense)
    at = np.minimum(np.searchsorted(dense, shown.items, sorter=order), len(dense) - 1)
    return np.where(dense[order[at]] == shown.items, pairs[order[at]], NOBODYS)


def _joined(arrays: Sequence[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=kind), *arrays]).astype(kind)
