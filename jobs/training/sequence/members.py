"""The models of one fold, whose scores are added: each another start of the same training.

Where histories are short a single model soon learns by heart; two that differ only by their first weights and shuffles
rank better together than either (EXPERIMENTS.md), and still are one dot product, of their vectors laid end to end.
"""

from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from pyspark.sql import DataFrame

from jobs.contract.run import Run
from jobs.contract.settings import Sequence
from jobs.contract.tables import ITEM_ID, Fold
from jobs.training.sequence.fit import Fitted, Plan, fit
from jobs.training.sequence.fold import FoldData
from jobs.training.sequence.model import new_model
from jobs.training.sequence.vectors import freeze, item_vectors, user_vectors, vectors_of_texts
from jobs.training.sequence.warm_start import Start, begin, keep
from jobs.vectors.lists import vector_lists

_SEEDS_APART = 100
"""Between two models of one fold: more than ``sequence.warm_nights``, by which one model's seed moves."""
_REFIT_IS_LONGER = 0.25
"""Share of an epoch's time by which one on all data may take longer, and a guess of it be wrong."""


@dataclass(frozen=True)
class Member:
    """One trained model of those whose scores are added.

    Attributes:
        fitted: The model and its curve.
        start: What it began with.
    """

    fitted: Fitted
    start: Start

    def report(self) -> dict[str, Any]:
        """Return the curve and what it led to."""
        fitted = self.fitted
        return {
            "began": self.start.why,
            "nights_warm": self.start.nights,
            "epochs": fitted.best_epoch,
            "pool": fitted.pool,
            "stopped": fitted.stopped,
            "ndcg": max((epoch.ndcg for epoch in fitted.curve if epoch.ndcg is not None), default=None),
            "curve": [epoch.as_json() for epoch in fitted.curve],
        }


def train(run: Run, data: FoldData, plan: Plan, place: int) -> Member:
    """Train one model.

    Args:
        run: Its settings, its folder, where checkpoints lie, and its home, where earlier nights' weights do.
        data: From ``fold_data``. The final fold may begin with an earlier night's weights, and leaves its own.
        plan: When to stop; one without patience is not validated.
        place: Which of the models, from 0: each has first weights, shuffles and files of its own.
    """
    settings = run.settings
    texts = None if data.texts.learnt is None else torch.from_numpy(data.texts.learnt)
    model = new_model(settings.sequence, len(data.item_ids), texts, settings.split.seed + place * _SEEDS_APART)
    start = Start(0, "a backtest always begins anew")
    if data.fold is Fold.FINAL:
        start = begin(run, model, data.item_ids, place)
    # A warm night does not repeat the last one's shuffles.
    seed = plan.seed + start.nights + place * _SEEDS_APART
    epochs = start.epochs(plan.epochs, settings.sequence)
    plan = replace(plan, epochs=epochs, seed=seed, learnt_from=data.fingerprint)
    checkpoint = run.folder / f"train_sequence-{data.fold.value}-{place}.safetensors"
    validate = data.validate if plan.patience is not None else None
    fitted = fit(model, data.sequences, start.settings(settings.sequence), plan, validate, checkpoint)
    if data.fold is Fold.FINAL and fitted.best_epoch:
        keep(run, fitted.model, data.item_ids, start.nights, place)
    return Member(fitted, start)


def models_in(seconds: float, first: Fitted, at_most: int) -> int:
    """Return how many models the time left is enough for, trained and refitted, the first one's training being over.

    Args:
        seconds: Left for all of it.
        first: The first model's training.
        at_most: ``sequence.models``.
    """
    an_epoch = fmean(epoch.seconds for epoch in first.curve)
    one = first.best_epoch * an_epoch * (1 + _REFIT_IS_LONGER)
    # n refits and n - 1 trainings.
    return max(1, min(at_most, int((seconds / one + 1) / 2))) if one else at_most


def describe(data: FoldData, settings: Sequence, n_models: int) -> str:
    """Return what followed from the data's shape and the time, in words."""
    n_items = len(data.item_ids)
    is_full = n_items <= settings.full_softmax_items
    softmax = f"all {n_items:,} items" if is_full else f"{settings.negatives:,} sampled of {n_items:,} items"
    texts = "with" if data.texts.learnt is not None else "without"
    return f"softmax over {softmax}, {texts} texts; time for {n_models} of {settings.models} models"


def user_vector_rows(data: FoldData, members: list[Member], settings: Sequence) -> DataFrame:
    """Return (user_id, vector) of everybody who liked something, the models' vectors end to end, once it is written."""
    return user_vectors(data.users, [freeze(each.fitted.model, settings, each.fitted.pool) for each in members])


def item_vector_rows(data: FoldData, members: list[Member]) -> pa.Table:
    """Return (item_id, vector) of the items learnt from and, by their text alone, of those nobody took."""
    vectors = np.concatenate([item_vectors(each.fitted.model) for each in members], axis=1)
    cold = [vectors_of_texts(each.fitted.model, data.texts.cold) for each in members] if data.texts.cold_ids else []
    by_text = [found for found in cold if found is not None]
    cold_ids = data.texts.cold_ids if by_text else []
    everything = np.concatenate([vectors, np.concatenate(by_text, axis=1)]) if by_text else vectors
    ids = pa.array([*data.item_ids, *cold_ids], pa.string())
    return pa.table({ITEM_ID: ids, "vector": vector_lists(everything)})
