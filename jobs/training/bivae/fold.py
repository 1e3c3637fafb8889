"""One fold's training of the bilateral autoencoder: whom it learns from, what it is validated on, what comes out."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from scipy import sparse

from jobs.contract.settings import Settings
from jobs.contract.tables import USER_ID
from jobs.training.bivae.fit import Validate, Vectors
from jobs.training.bivae.model import UserEncoder
from jobs.training.fold_histories import FoldHistories, sampled_histories
from jobs.training.gram import taken_matrix
from jobs.training.validation import MIN_USERS, build_cases, mean_ndcg
from jobs.vectors.lists import vector_lists
from jobs.vectors.top_k import FloatArray

_USERS_AT_ONCE = 1_024


def training_matrix(known: FoldHistories, settings: Settings, scratch: Path) -> sparse.csr_matrix:
    """Return float32[n_users, n_items], 1 where one of ``bivae.max_users`` sampled users liked an item."""
    n_items = len(known.item_ids)
    liked = sampled_histories(known.users, settings.bivae.max_users, settings.split.seed, scratch)
    parts = [taken_matrix(lists, n_items) for lists in liked]
    return sparse.vstack([sparse.csr_matrix((0, n_items), dtype=np.float32), *parts], format="csr")


class Validation(NamedTuple):
    """What a model has to show on validation users."""

    ndcg: Validate
    """Measures a model."""
    popular: float
    """What the popular list reaches."""


def validation(users: pd.DataFrame, n_items: int, k: int) -> Validation | None:
    """Return what measures a model on validation users, or None where they are too few.

    Args:
        users: From ``validation_users``.
        n_items: Items of the fold, the most liked first.
        k: Cut-off.
    """
    cases = build_cases(users, n_items)
    if len(cases) < MIN_USERS:
        return None
    liked = cases.liked()

    def ndcg(found: Vectors) -> float:
        # Scores are mostly below 0: an item without a vector would stand before nearly everything.
        unknown = ~found.items.any(axis=1)

        def scores(rows: slice) -> FloatArray:
            values = placed(found.users, liked[rows]) @ found.items.T
            values[:, unknown] = -np.inf
            return np.asarray(values)

        return mean_ndcg(cases, scores, k)

    def most_liked_first(rows: slice) -> FloatArray:
        return np.tile(-np.arange(n_items, dtype=np.float32), (len(cases.rows[rows]), 1))

    return Validation(ndcg, mean_ndcg(cases, most_liked_first, k))


def placed(encoder: UserEncoder, liked: sparse.csr_matrix) -> FloatArray:
    """Return users' vectors, float32[n_users, dim], of float32[n_users, n_items], 1 where a user liked an item."""
    return encoder.vectors(np.asarray(liked @ encoder.first, dtype=np.float32))


def user_vectors(histories: DataFrame, encoder: UserEncoder) -> DataFrame:
    """Return (user_id, vector array<float>) of every user who liked something, computed by Spark's tasks.

    Args:
        histories: user_id, liked array<int>.
        encoder: Broadcast.
    """
    shared = histories.sparkSession.sparkContext.broadcast(encoder)

    def vectors(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = shared.value
        for batch in batches:
            for start in range(0, batch.num_rows, _USERS_AT_ONCE):
                part = batch.slice(start, _USERS_AT_ONCE)
                found = placed(own, taken_matrix(part.column(1), len(own.first)))
                yield pa.RecordBatch.from_arrays([part.column(0), vector_lists(found)], names=[USER_ID, "vector"])

    liked = histories.where("size(liked) > 0").select(USER_ID, "liked")
    return liked.mapInArrow(vectors, f"{USER_ID} string, vector array<float>")
