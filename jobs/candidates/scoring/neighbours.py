"""Scores by neighbours: what the user liked, carried over a sparse matrix of items."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jobs.candidates.sources.contract import IntArray, User
from jobs.vectors.fading import faded
from jobs.vectors.top_k import FloatArray


def liked_matrix(users: list[User], weights: list[FloatArray], n_items: int) -> sparse.csr_matrix:
    """Return float32[n_users, n_items]: the weight of each liked item, nothing elsewhere.

    Args:
        users: The block.
        weights: For each user float32, parallel to liked.
        n_items: Items of the catalogue.
    """
    offsets = np.cumsum([0, *(len(user.liked) for user in users)])
    liked = np.concatenate([user.liked for user in users])
    return sparse.csr_matrix((np.concatenate(weights), liked, offsets), shape=(len(users), n_items))


@dataclass(frozen=True)
class NeighbourScores:
    """Sum over liked items of weight times similarity.

    Attributes:
        similarity: float32[n_items, n_items]; row = what the user liked, column = what it speaks for.
        half_life: Newer liked items after which one counts half; 0 = age does not matter.
    """

    similarity: sparse.csr_matrix
    half_life: float = 0.0

    def scores(self, users: list[User]) -> FloatArray:
        """Return sums of similarities; -inf where nothing the user liked has the item as a neighbour."""
        history = liked_matrix(users, [faded(user.weights, self.half_life) for user in users], self.similarity.shape[0])
        scores = (history @ self.similarity).toarray().astype(np.float32, copy=False)
        scores[scores <= 0] = -np.inf
        return np.asarray(scores)

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return each liked item's share of the sum."""
        shares = self.similarity[user.liked][:, chosen].toarray()
        return np.asarray(shares * faded(user.weights, self.half_life)[:, None], dtype=np.float32)
