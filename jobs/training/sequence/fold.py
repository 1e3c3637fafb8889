"""One fold's training: what the model learns from, what it is validated on, and what comes out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import torch
from pyspark.sql import DataFrame

from jobs.contract.run import Run
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID, Fold
from jobs.training.fold_histories import fold_histories, sampled_histories
from jobs.training.sequence.batches import Sequences
from jobs.training.sequence.checkpoint import POOLS, Pool
from jobs.training.sequence.fit import Fitted, Plan, Validate, fit
from jobs.training.sequence.model import SequenceModel, new_model
from jobs.training.sequence.vectors import freeze, item_vectors, user_states, user_vectors, vectors_of_texts
from jobs.training.sequence.warm_start import Start, begin, keep
from jobs.training.validation import MIN_USERS, build_cases, mean_ndcg
from jobs.training.validation_users import validation_users
from jobs.vectors.collect import collect_vectors, in_dense_order
from jobs.vectors.lists import vector_lists
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class Trained:
    """What one fold's training gives.

    Attributes:
        fitted: The model and its curve.
        users: (user_id, vector) of everybody who liked something; computed when written.
        items: (item_id, vector).
        n_sequences: Users learnt from.
        start: What it began with.
    """

    fitted: Fitted
    users: DataFrame
    items: pa.Table
    n_sequences: int
    start: Start

    def report(self) -> dict[str, Any]:
        """Return the curve and what it led to."""
        fitted = self.fitted
        return {
            "sequences": self.n_sequences,
            "began": self.start.why,
            "nights_warm": self.start.nights,
            "epochs": fitted.best_epoch,
            "pool": fitted.pool,
            "stopped": fitted.stopped,
            "ndcg": max((epoch.ndcg for epoch in fitted.curve if epoch.ndcg is not None), default=None),
            "curve": [epoch.as_json() for epoch in fitted.curve],
        }


def train_fold(run: Run, parted: DataFrame, embeddings: DataFrame, fold: Fold, plan: Plan) -> Trained | None:
    """Train on one fold; None where nobody took two items.

    Args:
        run: Its settings, its folder, where checkpoints lie, and its home, where earlier nights' weights do.
        parted: Rows of ``interactions``.
        embeddings: Rows of ``item_embeddings``.
        fold: The backtest is validated; where too few users have something to validate on, it trains for
            ``sequence.epochs_unvalidated``. The final fold may begin with an earlier night's weights, and
            leaves its own.
        plan: When to stop.
    """
    settings = run.settings
    known = fold_histories(parted, fold, settings)
    sequences = training_sequences(known.users, settings, run.folder / "sequences")
    if not len(sequences):
        return None
    texts = fold_texts(embeddings, known.index)
    measure = None
    if fold is Fold.BACKTEST:
        measure = validation(
            validation_users(known.users, parted, known.index, settings), len(known.item_ids), settings
        )
        if not measure:
            plan = replace(plan, epochs=settings.sequence.epochs_unvalidated, patience=None)
    learnt = None if texts.learnt is None else torch.from_numpy(texts.learnt)
    model = new_model(settings.sequence, len(known.item_ids), learnt, settings.split.seed)
    start = begin(run, model, known.item_ids) if fold is Fold.FINAL else Start(0, "a backtest always begins anew")
    # A warm night does not repeat the last one's shuffles.
    plan = replace(plan, epochs=start.epochs(plan.epochs, settings.sequence), seed=plan.seed + start.nights)
    checkpoint = run.folder / f"train_sequence-{fold.value}.safetensors"
    fitted = fit(model, sequences, start.settings(settings.sequence), plan, measure, checkpoint)
    if fold is Fold.FINAL and fitted.best_epoch:
        keep(run, fitted.model, known.item_ids, start.nights)
    frozen = freeze(fitted.model, settings.sequence, fitted.pool)
    return Trained(
        fitted,
        user_vectors(known.users, frozen),
        item_vector_rows(fitted.model, frozen.item_vectors, known.item_ids, texts),
        len(sequences),
        start,
    )


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


def item_vector_rows(model: SequenceModel, vectors: FloatArray, item_ids: list[str], texts: Texts) -> pa.Table:
    """Return (item_id, vector) of the items learnt from and, by their text alone, of those nobody took.

    Args:
        model: Trained.
        vectors: float32[n_items, dim] of the items learnt from.
        item_ids: Their ids.
        texts: Of the others.
    """
    by_text = vectors_of_texts(model, texts.cold) if texts.cold_ids else None
    cold_ids = [] if by_text is None else texts.cold_ids
    everything = vectors if by_text is None else np.concatenate([vectors, by_text])
    ids = pa.array([*item_ids, *cold_ids], pa.string())
    return pa.table({ITEM_ID: ids, "vector": vector_lists(everything)})
