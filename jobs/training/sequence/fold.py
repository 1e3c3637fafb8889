"""One fold's training data: what the models learn from, and what they are validated on."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame

from jobs.contract.run import Run
from jobs.contract.settings import Settings
from jobs.contract.tables import Fold
from jobs.training.fold_histories import fold_histories, sampled_histories
from jobs.training.sequence.batches import Sequences
from jobs.training.sequence.checkpoint import POOLS, Pool
from jobs.training.sequence.fit import Validate
from jobs.training.sequence.model import SequenceModel
from jobs.training.sequence.vectors import item_vectors, user_states
from jobs.training.validation import MIN_USERS, build_cases, mean_ndcg
from jobs.training.validation_users import validation_users
from jobs.vectors.collect import collect_vectors, in_dense_order
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class Texts:
    """Text embeddings of items, by whether the fold's model learns from them.

    Attributes:
        learnt: float32[n_items, text_dim] in the fold's dense order, zeros where an item has none; None without any.
        cold_ids: Items with a text that nobody took.
        cold: float32[n_cold, text_dim].
    """

    learnt: FloatArray | None
    cold_ids: list[str]
    cold: FloatArray


@dataclass(frozen=True)
class FoldData:
    """What one fold's models learn from, and what they are measured on.

    Attributes:
        fold: The fold.
        users: From ``histories``; persisted.
        item_ids: Of the items learnt from, by dense index.
        sequences: Users learnt from.
        texts: Text embeddings of items.
        validate: None where there is nothing to validate on.
    """

    fold: Fold
    users: DataFrame
    item_ids: list[str]
    sequences: Sequences
    texts: Texts
    validate: Validate | None

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what is learnt from: items in their order, users' sequences, texts."""
        digest = hashlib.sha256(json.dumps(self.item_ids).encode())
        for part in (self.sequences.items, self.sequences.offsets, self.texts.learnt):
            digest.update(b"" if part is None else np.ascontiguousarray(part).data)
        return digest.hexdigest()


def fold_data(run: Run, parted: DataFrame, embeddings: DataFrame, fold: Fold) -> FoldData | None:
    """Return one fold's training data; None where nobody took two items.

    Args:
        run: Its settings and its folder.
        parted: Rows of ``interactions``.
        embeddings: Rows of ``item_embeddings``.
        fold: The backtest is validated, where enough users have something to validate on.
    """
    settings = run.settings
    known = fold_histories(parted, fold, settings)
    sequences = training_sequences(known.users, settings, run.folder / "sequences")
    if not len(sequences):
        return None
    validate = None
    if fold is Fold.BACKTEST:
        users = validation_users(known.users, parted, known.index, settings)
        validate = validation(users, len(known.item_ids), settings)
    texts = fold_texts(embeddings, known.index)
    return FoldData(fold, known.users, known.item_ids, sequences, texts, validate)


def fold_texts(embeddings: DataFrame, index: dict[str, int]) -> Texts:
    """Part the embeddings by whether ``index`` holds their item; item-sized, collected."""
    ids, vectors = collect_vectors(embeddings, "embedding")
    cold = [row for row, item_id in enumerate(ids) if item_id not in index]
    return Texts(in_dense_order(ids, vectors, index), [ids[row] for row in cold], vectors[cold])


def training_sequences(histories: DataFrame, settings: Settings, scratch: Path) -> Sequences:
    """Return what the model learns from: users of two items or more, at most about ``sequence.max_users``.

    Args:
        histories: user_id, liked array<int>, newest first.
        settings: The bound and the seed.
        scratch: Folder for the rows on their way.
    """
    return Sequences.of(*sampled_histories(histories, settings.sequence.max_users, settings.split.seed, scratch))


def validation(users: pd.DataFrame, n_items: int, settings: Settings) -> Validate | None:
    """Return what measures a model on validation users, or None where they are too few.

    Args:
        users: From ``validation_users``.
        n_items: Items of the fold.
        settings: The cut-off, and how much of a history the model sees.
    """
    cases = build_cases(users, n_items)
    if len(cases) < MIN_USERS:
        return None
    liked = pa.array(users["liked"].iloc[cases.rows].tolist(), pa.list_(pa.int32()))
    sequences = Sequences.of(liked)

    def best_ndcg(model: SequenceModel) -> tuple[float, Pool]:
        vectors = item_vectors(model)
        states = user_states(model, sequences, settings.sequence.max_length)

        def ndcg(pool: Pool) -> float:
            return mean_ndcg(cases, lambda users: states[pool][users] @ vectors.T, settings.evaluate.cutoffs[0])

        reached = {pool: ndcg(pool) for pool in POOLS}
        best = max(POOLS, key=reached.__getitem__)
        return reached[best], best

    return best_ndcg
