"""Scores from a user's vector that is summed up from the history: the user need not have been trained on."""

from dataclasses import dataclass

import numpy as np

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.fading import faded
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class FoldedScores:
    """Dot product of an item's vector and the sum of other vectors over what the user liked.

    Attributes:
        gathers: float32[n_items, dim], summed over liked items.
        gives: float32[n_items, dim], zeros where the model knows nothing.
        half_life: Newer liked items after which one counts half; 0 = all count alike.
    """

    gathers: FloatArray
    gives: FloatArray
    half_life: float = 0.0

    def scores(self, users: list[User]) -> FloatArray:
        """Return dot products; -inf where nothing that the user liked, or the item, is known."""
        dim = self.gathers.shape[1]
        vectors = np.array([self._gathered(user).sum(axis=0) for user in users]).reshape(-1, dim)
        scores = vectors @ self.gives.T
        scores[~vectors.any(axis=1)] = -np.inf
        scores[:, ~self.gives.any(axis=1)] = -np.inf
        return np.asarray(scores, dtype=np.float32)

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return each liked item's part of the sum."""
        return np.asarray(self._gathered(user) @ self.gives[chosen].T)

    def _gathered(self, user: User) -> FloatArray:
        counts = faded(np.ones(len(user.liked), dtype=np.float32), self.half_life)
        return np.asarray(self.gathers[user.liked] * counts[:, None])
