"""What a source of candidates is: how it is defined, what it is built from, and how it scores users.

A source is one file in this folder that ends in a ``Definition``, one entry in ``jobs.candidates.build`` and one name
in ``candidates.sources``. ``tests/jobs/candidates/sources/test_contract.py`` holds every source to what stands here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame

from jobs.candidates.catalogue import Catalogue
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.vectors.top_k import FloatArray

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
        place: float32[starts * dim] of the bilateral autoencoder, or None likewise.
        state: float32[dim] of the sequence model, or None likewise.
        reviews: float32[n_reviews * dim], unit vectors of the user's newest reviews laid end to end, or None.
        followed_items: int32, what followed users liked, or None.
        followed_scores: float32, parallel to followed_items.
        taken_items: int32, what the user may take again, or None.
        taken_scores: float32, parallel to taken_items.
        group: The value of the attribute ``candidates.group_attribute``, or None.
    """

    user_id: str
    seen: IntArray
    liked: IntArray
    weights: FloatArray
    factors: FloatArray | None = None
    place: FloatArray | None = None
    state: FloatArray | None = None
    reviews: FloatArray | None = None
    followed_items: IntArray | None = None
    followed_scores: FloatArray | None = None
    taken_items: IntArray | None = None
    taken_scores: FloatArray | None = None
    group: str | None = None


class Source(Protocol):
    """Scores users and, for one of them, how much each liked item speaks for the items chosen."""

    def scores(self, users: list[User]) -> FloatArray:
        """Return float32[n_users, n_items], a fresh array; -inf means "not from this source"."""
        ...

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return float32[n_liked, n_chosen], above 0 where a liked item speaks for a chosen one, or None."""
        ...


@dataclass(frozen=True)
class Inputs:
    """What sources are built from, all of one fold.

    Attributes:
        interactions: One row a user and item, with weight, n_events, last_timestamp and last_order.
        embeddings: Rows of ``item_embeddings``.
        review_embeddings: Rows of ``review_embeddings``, of every fold: a source leaves out what its fold holds out.
        graph: Rows of ``validated_graph``.
        item_links: Rows of ``validated_item_links``.
        users: Rows of ``validated_users``.
        social: Rows of ``validated_social``.
        user_factors: (user_id, factors) of ALS.
        item_factors: (item_id, factors) of ALS.
        item_weights: Rows of ``item_weights``.
        spectral_vectors: Rows of ``spectral_item_vectors``: model, item_id, gathers, gives.
        bivae_user_vectors: (user_id, vector) of the bilateral autoencoder.
        bivae_item_vectors: (item_id, vector) of the bilateral autoencoder.
        user_vectors: (user_id, vector) of the sequence model.
        item_vectors: (item_id, vector) of the sequence model.
        as_of: What "lately" is counted back from.
        with_repeats: Whether what a user took is to be proposed again.
        half_lives: By model that fades histories: newer liked items after which one counts half; 0 = none does.
    """

    interactions: DataFrame
    embeddings: DataFrame
    review_embeddings: DataFrame
    graph: DataFrame
    item_links: DataFrame
    users: DataFrame
    social: DataFrame
    user_factors: DataFrame
    item_factors: DataFrame
    item_weights: DataFrame
    spectral_vectors: DataFrame
    bivae_user_vectors: DataFrame
    bivae_item_vectors: DataFrame
    user_vectors: DataFrame
    item_vectors: DataFrame
    as_of: datetime
    with_repeats: bool
    half_lives: dict[str, float]

    @property
    def liked(self) -> DataFrame:
        """The interactions of positive weight."""
        return self.interactions.where("weight > 0")


Build = Callable[[Inputs, Catalogue, Candidates], Source | None]
UserColumns = Callable[[Inputs, Catalogue, Candidates], DataFrame]


@dataclass(frozen=True)
class Definition:
    """A source as the registry knows it.

    Attributes:
        build: Returns the source, or None where its input is missing.
        needs: What it steps aside for, as a sentence's end.
        reason: Reason code of an item that this source speaks for most.
        user_columns: Returns (user_id and columns of ``jobs.candidates.user_rows``) that its scores need of each user;
            None where the history is enough. Only asked for where ``build`` gave a source.
    """

    build: Build
    needs: str
    reason: Reason
    user_columns: UserColumns | None = None
