"""What rules need to know of items, in dense item order; made once a fold and sent to every executor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.ranking.rules.listing import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class ItemCategories:
    """The categories of every item, one after the other.

    Attributes:
        names: Distinct, sorted; a category's place here is its code.
        starts: int64[n_items + 1]; item i's codes are ``codes[starts[i]:starts[i + 1]]``, none for an item without any.
        codes: int32[n_pairs].
    """

    names: list[str]
    starts: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]

    def members(self, names: Collection[str]) -> BoolArray:
        """Return bool[n_items], whether an item is in any of the named categories; unknown names have no members."""
        wanted = np.array([name in names for name in self.names], dtype=bool)
        owner = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        members = np.zeros(len(self.starts) - 1, dtype=bool)
        members[owner[wanted[self.codes]]] = True
        return members

    def of(self, items: IntArray) -> list[list[int]]:
        """Return the codes of each of the items."""
        starts, lengths = self.starts[items], self.starts[items + 1] - self.starts[items]
        ends = np.cumsum(lengths)
        # One gather for all: slicing an array item by item took most of a category cap's time.
        codes = self.codes[np.repeat(starts - (ends - lengths), lengths) + np.arange(lengths.sum())].tolist()
        return [codes[end - length : end] for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)]


@dataclass(frozen=True)
class RuleCatalogue:
    """Items of one fold.

    Attributes:
        item_ids: Distinct; an item's place here is its dense index.
        categories: Their categories.
        vectors: float32[n_items, dim], unit rows, zeros where an item has none; None where no item has one.
        eligible: bool[n_items], whether it may be recommended.
        tail: bool[n_items], whether it belongs to the long tail.
    """

    item_ids: list[str]
    categories: ItemCategories
    vectors: FloatArray | None
    eligible: BoolArray
    tail: BoolArray


def item_categories(categories: Sequence[Sequence[str] | None]) -> ItemCategories:
    """Return the categories of items, given as names item by item; None and no names are the same."""
    own = [sorted(set(names or ())) for names in categories]
    known = sorted({name for names in own for name in names})
    code = {name: position for position, name in enumerate(known)}
    starts = np.cumsum([0, *(len(names) for names in own)], dtype=np.int64)
    return ItemCategories(known, starts, np.array([code[name] for names in own for name in names], dtype=np.int32))


def long_tail(n_interactions: npt.NDArray[np.int64], head_share: float) -> BoolArray:
    """Return bool[n_items], whether an item lies outside the head.

    The head is the fewest items, most popular first, that make ``head_share`` of all interactions; of equally popular
    ones the lower index comes first. Items that nobody took are always tail.

    Args:
        n_interactions: int64[n_items], training interactions (or users) of each item.
        head_share: Between 0 and 1.
    """
    order = np.argsort(-n_interactions, kind="stable")
    reached = np.cumsum(n_interactions[order])
    total = int(reached[-1]) if len(reached) else 0
    # The item that reaches the share is the head's last.
    n_head = int(np.searchsorted(reached, head_share * total, side="left")) + 1 if total else 0
    tail = np.ones(len(n_interactions), dtype=bool)
    tail[order[:n_head]] = False
    return tail
