"""The sources of candidates: each scores a block of users against the whole catalogue.

A source is one class with one method, so that a new one is one class here and one name in ``candidates.sources``.
-inf means "not from this source".
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from jobs.vectors.top_k import FloatArray
from jobs.vectors.unit_rows import unit_rows

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True)
class User:
    """One user of a block.

    Attributes:
        user_id: The id.
        seen: int32, every item the user met, ascending.
        liked: int32, the newest liked items, newest first.
        weights: float32, parallel to liked.
        factors: float32[rank] of ALS, or None for a user it never saw.
    """

    user_id: str
    seen: IntArray
    liked: IntArray
    weights: FloatArray
    factors: FloatArray | None


class Source(Protocol):
    """Scores users and, for one of them, how much each liked item speaks for the items chosen."""

    def scores(self, users: list[User]) -> FloatArray:
        """Return float32[n_users, n_items], a fresh array."""
        ...

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return float32[n_liked, n_chosen], above 0 where a liked item speaks for a chosen one, or None."""
        ...


@dataclass(frozen=True)
class AlsSource:
    """Dot product of ALS factors; the evidence is the cosine of item factors."""

    item_factors: FloatArray

    def scores(self, users: list[User]) -> FloatArray:
        """Return dot products; -inf where the user or the item has no factors."""
        rank = self.item_factors.shape[1]
        factors = np.array([np.zeros(rank) if u.factors is None else u.factors for u in users], dtype=np.float32)
        scores = factors @ self.item_factors.T
        scores[[u.factors is None for u in users]] = -np.inf
        scores[:, ~self.item_factors.any(axis=1)] = -np.inf
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return cosines between liked and chosen items."""
        liked, taken = (unit_rows(self.item_factors[items]) for items in (user.liked, chosen))
        return np.asarray(liked @ taken.T)


@dataclass(frozen=True)
class NeighbourSource:
    """Sum over liked items of weight times similarity, from a sparse neighbour matrix (co-occurrence or text).

    Attributes:
        similarity: float32[n_items, n_items]; row = what the user liked, column = what it speaks for.
    """

    similarity: sparse.csr_matrix

    def scores(self, users: list[User]) -> FloatArray:
        """Return sums of similarities; -inf where nothing the user liked has the item as a neighbour."""
        offsets = np.cumsum([0, *(len(u.liked) for u in users)])
        liked = np.concatenate([u.liked for u in users])
        weights = np.concatenate([u.weights for u in users])
        history = sparse.csr_matrix((weights, liked, offsets), shape=(len(users), self.similarity.shape[0]))
        scores = (history @ self.similarity).toarray().astype(np.float32, copy=False)
        scores[scores <= 0] = -np.inf
        return np.asarray(scores)

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return each liked item's share of the sum."""
        shares = self.similarity[user.liked][:, chosen].toarray()
        return np.asarray(shares * user.weights[:, None], dtype=np.float32)


@dataclass(frozen=True)
class ListSource:
    """The same scores for everybody: popular, trending."""

    item_scores: FloatArray

    def scores(self, users: list[User]) -> FloatArray:
        """Return the list's scores for each user; -inf where the item has none."""
        row = np.where(self.item_scores > 0, self.item_scores, -np.inf).astype(np.float32)
        return np.tile(row, (len(users), 1))

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: nothing of the user's own led there."""
        return None


@dataclass(frozen=True)
class HistorySource:
    """What the user liked before, by how much: where things are taken again."""

    n_items: int

    def scores(self, users: list[User]) -> FloatArray:
        """Return the weights of liked items; -inf elsewhere."""
        scores = np.full((len(users), self.n_items), -np.inf, dtype=np.float32)
        for row, user in enumerate(users):
            scores[row, user.liked] = user.weights
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: the item speaks for itself."""
        return None
