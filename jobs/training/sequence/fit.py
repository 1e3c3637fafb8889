"""Train the sequence model by maximum likelihood of the next item, epoch by epoch, until validation stops rising."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
import torch

from jobs.contract.settings import Sequence
from jobs.training.sequence.batches import Sequences, epoch_batches
from jobs.training.sequence.checkpoint import Epoch, Pool, load_progress, save_progress
from jobs.training.sequence.model import Negatives, SequenceModel, next_item_loss

log = structlog.get_logger()
Validate = Callable[[SequenceModel], tuple[float, Pool]]
"""NDCG of a model on validation, and the way to users' vectors that reaches it."""


@dataclass(frozen=True)
class Plan:
    """How a training goes, and when it stops.

    Attributes:
        epochs: At most so many.
        patience: Epochs without a better validation NDCG; None = validation does not stop it.
        deadline: ``time.monotonic`` past which no further epoch begins.
        seed: The same seed, data, threads and processor give the same model, stopped and resumed or not.
        pool: Where a user's vector comes from, unless validation says.
        learnt_from: Names the data, so that a checkpoint of other data is not gone on from.
    """

    epochs: int
    patience: int | None
    deadline: float
    seed: int
    pool: Pool = "last"
    learnt_from: str = ""


@dataclass(frozen=True)
class Fitted:
    """A trained model, on its device and in evaluation mode.

    Attributes:
        model: With the weights of the best epoch, or of the last where nothing was validated.
        best_epoch: Epochs that those weights saw, from 1; 0 where none was begun.
        pool: Where a user's vector comes from.
        curve: Every epoch.
        stopped: Why it stopped: "epochs", "patience" or "time".
    """

    model: SequenceModel
    best_epoch: int
    pool: Pool
    curve: list[Epoch]
    stopped: str


def fit(
    model: SequenceModel,
    sequences: Sequences,
    settings: Sequence,
    plan: Plan,
    validate: Validate | None,
    checkpoint: Path,
) -> Fitted:
    """Fit a new model to ``sequences``; an epoch that ``checkpoint`` holds already is not repeated.

    Args:
        model: Untrained, on its device.
        sequences: Training users.
        settings: Of the optimiser and the batches.
        plan: When to stop.
        validate: None = keep the last epoch.
        checkpoint: File that is written after every epoch and read if it is there.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    progress = load_progress(checkpoint, model, optimizer, plan.learnt_from)
    stopped = "epochs"
    while len(progress.curve) < plan.epochs:
        if plan.patience is not None and len(progress.curve) - progress.best_epoch >= plan.patience:
            stopped = "patience"
            break
        if time.monotonic() > plan.deadline:
            stopped = "time"
            break
        rng = np.random.default_rng([plan.seed, len(progress.curve)])
        started = time.monotonic()
        loss = _train_epoch(model, optimizer, sequences, settings, rng)
        ndcg, pool = validate(model) if validate else (None, plan.pool)
        epoch = Epoch(loss, ndcg, pool, round(time.monotonic() - started, 2))
        progress = progress.after(epoch, model)
        save_progress(checkpoint, progress, model, optimizer, plan.learnt_from)
        log.info("epoch finished", epoch=len(progress.curve), **epoch.as_json())
    model.load_state_dict(progress.best)
    return Fitted(model.eval(), progress.best_epoch, progress.pool, progress.curve, stopped)


def _train_epoch(
    model: SequenceModel,
    optimizer: torch.optim.Optimizer,
    sequences: Sequences,
    settings: Sequence,
    rng: np.random.Generator,
) -> float:
    """Train one epoch and return its mean loss; leaves the model in evaluation mode.

    All chance comes from ``rng``, an epoch's own, so that a resumed training goes on as it would have.
    """
    torch.manual_seed(int(rng.integers(1 << 62)))
    device = model.free.device
    negatives = None
    if len(model.free) > settings.full_softmax_items:
        counts = np.bincount(sequences.items, minlength=len(model.free))
        negatives = Negatives.by_popularity(settings.negatives, torch.from_numpy(counts).to(device))
    losses = []
    model.train()
    for users in epoch_batches(sequences, settings, rng):
        items = sequences.padded(users, settings.max_length).to(device)
        loss = next_item_loss(model, items, negatives)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    return float(np.mean(losses)) if losses else 0.0
