"""What a training learns from: one fold's interactions, the items that were liked in them, and users' histories."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.histories import histories
from jobs.candidates.users import sample_users
from jobs.contract.settings import Ease, ItemItem, Settings, Spectral
from jobs.contract.tables import USER_ID, Fold
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on
from jobs.streamed import in_batches, streamed
from jobs.training.gram import gram_matrix
from jobs.training.liked_items import liked_items
from jobs.vectors.top_k import FloatArray

Fading = TypeVar("Fading", ItemItem, Ease, Spectral)


@dataclass(frozen=True)
class FoldHistories:
    """One fold's training data.

    Attributes:
        interactions: One row a user and item, with the columns of ``interactions`` but ``part``; persisted.
        item_ids: Liked items by dense index, most liked first.
        users: From ``histories``, over these items; persisted.
    """

    interactions: DataFrame
    item_ids: list[str]
    users: DataFrame

    @cached_property
    def index(self) -> dict[str, int]:
        """Item id -> dense index."""
        return {item_id: place for place, item_id in enumerate(self.item_ids)}

    @property
    def taken(self) -> DataFrame:
        """Items array<int> of every user: what co-occurrence is counted from."""
        return self.users.select(F.col("liked").alias("items"))

    def gram(self, scratch: Path, n_items: int, user_exponent: float = 0.0) -> FloatArray:
        """Return the co-occurrence of the first ``n_items``, from ``gram_matrix``, streamed through ``scratch``."""
        return streamed_gram(self.users.select("liked"), scratch, n_items, user_exponent)

    @cached_property
    def has_times(self) -> bool:
        """Whether any of it has a time: without one, the order of histories is chance."""
        return not self.interactions.where(F.col("last_timestamp").isNotNull()).isEmpty()

    def fading(self, model: Fading) -> Fading:
        """Return a model's settings to be tried: those that name half-lives without them where nothing has a time."""
        return model if self.has_times else model.model_copy(update={"half_life": (0.0,)})


def streamed_gram(lists: DataFrame, scratch: Path, n_items: int, exponent: float) -> FloatArray:
    """Return ``gram_matrix`` of a frame of one column, liked array<int>, streamed through the folder ``scratch``."""
    with streamed(lists, scratch) as rows:
        return gram_matrix(in_batches(rows), n_items, exponent)


def sampled_histories(histories: DataFrame, max_users: int, seed: int, scratch: Path) -> list[pa.ListArray]:
    """Return liked items, list<int32> parts, of about ``max_users`` users of two liked items or more, by user id.

    Args:
        histories: user_id, liked array<int>, newest first.
        max_users: Users, sampled by hash.
        seed: Of the sample.
        scratch: Folder for the rows on their way; it is removed.
    """
    enough = histories.where(F.size("liked") > 1).select(USER_ID, "liked")
    sampled = sample_users(enough, max_users, seed).orderBy(USER_ID)
    with streamed(sampled.select("liked"), scratch) as rows:
        return [batch.column(0) for batch in in_batches(rows) if batch.num_rows]


def fold_histories(parted: DataFrame, fold: Fold, settings: Settings, max_items: int | None = None) -> FoldHistories:
    """Return what one fold's models learn from.

    Args:
        parted: Rows of ``interactions``.
        fold: The fold.
        settings: The split, and how long a history is.
        max_items: Only so many of the most liked items count; None = all.
    """
    interactions = merge_parts(parted, trained_on(fold, settings.split)).persist()
    item_ids = liked_items(interactions)[:max_items]
    index = {item_id: place for place, item_id in enumerate(item_ids)}
    users = histories(interactions, index, settings.candidates.max_history).persist()
    return FoldHistories(interactions, item_ids, users)
