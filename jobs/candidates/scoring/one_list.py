"""The same scores for everybody: popular, trending."""

from dataclasses import dataclass

import numpy as np

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class ListScores:
    """One list for all.

    Attributes:
        item_scores: float32[n_items]; 0 or less = not in the list.
    """

    item_scores: FloatArray

    def scores(self, users: list[User]) -> FloatArray:
        """Return the list's scores for each user; -inf where the item has none."""
        row = np.where(self.item_scores > 0, self.item_scores, -np.inf).astype(np.float32)
        return np.tile(row, (len(users), 1))

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: nothing of the user's own led there."""
        return None
