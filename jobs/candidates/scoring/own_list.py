"""Each user's own sparse list, laid out over the catalogue: what Spark computed, or the history itself."""

from dataclasses import dataclass

import numpy as np

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class OwnListScores:
    """Each user's own list.

    Attributes:
        n_items: Items of the catalogue.
        items: The attribute of ``User`` that holds the list's items.
        weights: The one that holds their scores.
    """

    n_items: int
    items: str
    weights: str

    def scores(self, users: list[User]) -> FloatArray:
        """Return the lists' scores; -inf elsewhere."""
        scores = np.full((len(users), self.n_items), -np.inf, dtype=np.float32)
        for row, user in enumerate(users):
            items = getattr(user, self.items)
            if items is not None:
                scores[row, items] = getattr(user, self.weights)
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: no liked item led there, or the item speaks for itself."""
        return None
