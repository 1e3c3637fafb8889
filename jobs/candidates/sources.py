"""The sources of candidates: each scores a block of users against the whole catalogue.

A source is one class with one method, so that a new one is one class here and one name in ``candidates.sources``.
-inf means "not from this source".
"""

from dataclasses import dataclass
from typing import Literal, Protocol

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
        state: float32[dim] of the sequence model, or None likewise.
    """

    user_id: str
    seen: IntArray
    liked: IntArray
    weights: FloatArray
    factors: FloatArray | None
    state: FloatArray | None = None


class Source(Protocol):
    """Scores users and, for one of them, how much each liked item speaks for the items chosen."""

    def scores(self, users: list[User]) -> FloatArray:
        """Return float32[n_users, n_items], a fresh array."""
        ...

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return float32[n_liked, n_chosen], above 0 where a liked item speaks for a chosen one, or None."""
        ...


@dataclass(frozen=True)
class VectorSource:
    """Dot product of a user's vector and items' vectors; the evidence is the cosine of item vectors.

    Attributes:
        item_vectors: float32[n_items, dim], zeros where the model knows none.
        user_vector: Which of a user's vectors lies in the same space.
    """

    item_vectors: FloatArray
    user_vector: Literal["factors", "state"]

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
class FoldedSource:
    """Dot product of an item's vector and the sum of other vectors over what the user liked.

    Attributes:
        gathers: float32[n_items, dim], summed over liked items.
        gives: float32[n_items, dim], zeros where the model knows nothing.
    """

    gathers: FloatArray
    gives: FloatArray

    def scores(self, users: list[User]) -> FloatArray:
        """Return dot products; -inf where nothing that the user liked, or the item, is known."""
        vectors = np.array([self.gathers[user.liked].sum(axis=0) for user in users], dtype=np.float32)
        scores = vectors @ self.gives.T
        scores[~vectors.any(axis=1)] = -np.inf
        scores[:, ~self.gives.any(axis=1)] = -np.inf
        return np.asarray(scores)

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return each liked item's part of the sum."""
        return np.asarray(self.gathers[user.liked] @ self.gives[chosen].T)


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
