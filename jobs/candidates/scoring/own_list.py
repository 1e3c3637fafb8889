"""Scores that Spark computed a user: a sparse list laid out over the catalogue."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class OwnListScores:
    """Each user's own list.

    Attributes:
        n_items: Items of the catalogue.
        name: Which of a user's lists: its items are ``<name>_items`` and its scores ``<name>_scores``.
    """

    n_items: int
    name: Literal["followed", "taken"]

    def scores(self, users: list[User]) -> FloatArray:
        """Return the lists' scores; -inf elsewhere."""
        scores = np.full((len(users), self.n_items), -np.inf, dtype=np.float32)
        for row, user in enumerate(users):
            items = getattr(user, f"{self.name}_items")
            if items is not None:
                scores[row, items] = getattr(user, f"{self.name}_scores")
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: no liked item led there, or the item speaks for itself."""
        return None
