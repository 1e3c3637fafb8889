"""Scores by dot product: a user's vector against items' vectors."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.top_k import FloatArray
from jobs.vectors.unit_rows import unit_rows


@dataclass(frozen=True)
class VectorScores:
    """Dot product of a user's vector and items' vectors; the evidence is the cosine of item vectors.

    Attributes:
        item_vectors: float32[n_items, dim], zeros where the model knows none.
        user_vector: Which of a user's vectors lies in the same space.
    """

    item_vectors: FloatArray
    user_vector: Literal["factors", "place", "state"]

    def scores(self, users: list[User]) -> FloatArray:
        """Return dot products; -inf where the user or the item has no vector."""
        found: list[FloatArray | None] = [getattr(user, self.user_vector) for user in users]
        dim = self.item_vectors.shape[1]
        vectors = np.array([np.zeros(dim) if v is None else v for v in found], dtype=np.float32)
        scores = vectors @ self.item_vectors.T
        scores[[v is None for v in found]] = -np.inf
        scores[:, ~self.item_vectors.any(axis=1)] = -np.inf
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return cosines between liked and chosen items."""
        liked, taken = (unit_rows(self.item_vectors[items]) for items in (user.liked, chosen))
        return np.asarray(liked @ taken.T)
