"""One user's ranked items on their way through the rules."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


class PlacedBy(IntEnum):
    """Who last moved an item up or put it where it is."""

    RANKER = 0
    BOOSTS = 1
    DIVERSITY = 2
    CATEGORY_CAP = 3
    EXPOSURE_FLOOR = 4
    EXPLORATION = 5
    PINS = 6


@dataclass(frozen=True)
class Listing:
    """Items of one user, best first, no item twice.

    Attributes:
        items: int32[n], dense item indices.
        scores: float32[n], as the ranker gave them: once a rule moved items they no longer fall from place to place.
        placed_by: int8[n], codes of ``PlacedBy``.
    """

    items: IntArray
    scores: FloatArray
    placed_by: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.items)

    def take(self, places: IntArray | BoolArray) -> "Listing":
        """Return the items of these places, in their order."""
        return Listing(self.items[places], self.scores[places], self.placed_by[places])

    def first(self, k: int) -> "Listing":
        """Return the first k items; the listing itself where it holds no more."""
        return self if len(self) <= k else Listing(self.items[:k], self.scores[:k], self.placed_by[:k])

    def reordered(self, order: IntArray, lifted: BoolArray, by: PlacedBy) -> "Listing":
        """Return the items in a new order.

        Args:
            order: int[n], the old place of each new one.
            lifted: bool[n], by new place: whether ``by`` is why the item stands there.
            by: The rule.
        """
        moved = self.take(order)
        return Listing(moved.items, moved.scores, np.where(lifted, np.int8(by), moved.placed_by))


def from_ranker(items: IntArray, scores: FloatArray) -> Listing:
    """Return a listing that no rule has touched.

    Args:
        items: int[n], dense item indices, best first, no item twice.
        scores: float32[n].
    """
    return Listing(items.astype(np.int32, copy=False), scores, np.zeros(len(items), dtype=np.int8))
