"""Train the bilateral autoencoder: epochs that encode every item, then every user, until validation stops rising."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import numpy as np
import structlog
import torch
from scipy import sparse
from torch import Tensor

from jobs.contract.settings import Bivae
from jobs.training.bivae.model import Encoder, UserEncoder, negative_elbo
from jobs.vectors.top_k import FloatArray

log = structlog.get_logger()
_UPDATES_BETWEEN_CHECKS = 200
_CHECKS_TOGETHER = 3
"""A check is as noisy as the draws and its users: judged is the mean of the newest three."""
_SMALL = 0.01


class Vectors(NamedTuple):
    """What a trained model gives; a score is the dot product of a user's and an item's vector."""

    users: UserEncoder
    """Places a user by what was liked."""
    items: FloatArray
    """float32[n_items, starts * dim], zeros where no user of the training took the item."""


Validate = Callable[[Vectors], float]


@dataclass(frozen=True)
class Fitted:
    """A trained model.

    Attributes:
        vectors: Of the check at which the newest were best, or of the last epoch where nothing was validated.
        epochs: Epochs that it saw.
        tried: Validation NDCG by epoch.
        stopped: Why training stopped: "epochs", "patience" or "time".
    """

    vectors: Vectors
    epochs: int
    tried: dict[int, float]
    stopped: str


def fit(
    taken: sparse.csr_matrix, settings: Bivae, epochs: int, deadline: float, seed: int, validate: Validate | None
) -> Fitted:
    """Fit a new model, on a GPU if there is one; the same seed, data, threads and processor give the same.

    Args:
        taken: float32[n_users, n_items], 1 where a user liked an item; a batch of it at a time is made dense.
        settings: Size, optimiser, patience.
        epochs: At most so many.
        deadline: ``time.monotonic`` past which no further epoch begins; one epoch is made in any case.
        seed: Of weights, batches and draws.
        validate: Measures the model some hundred updates apart; None = keep the last epoch.
    """
    torch.manual_seed(seed)
    sides = _sides(taken, settings)
    updates_an_epoch = sum(-(-side.rows.shape[0] // settings.batch_rows) for side in sides)
    check_every = max(1, _UPDATES_BETWEEN_CHECKS // updates_an_epoch)
    best: tuple[float, int, Vectors] | None = None
    tried: dict[int, float] = {}
    stopped, epoch = "epochs", 0
    for epoch in range(1, epochs + 1):
        for side, other in (sides, sides[::-1]):
            side.train(other)
        late = time.monotonic() > deadline
        if validate and (epoch % check_every == 0 or late or epoch == epochs):
            vectors = _vectors(sides)
            tried[epoch] = round(validate(vectors), 4)
            log.info("autoencoder checked", epoch=epoch, ndcg=tried[epoch])
            reached = fmean(list(tried.values())[-_CHECKS_TOGETHER:])
            if best is None or reached > best[0]:
                best = (reached, epoch, vectors)
            if epoch - best[1] >= settings.patience * check_every:
                stopped = "patience"
                break
        if late:
            stopped = "time"
            break
    kept = (epoch, _vectors(sides)) if best is None else best[1:]
    return Fitted(kept[1], kept[0], tried, stopped)


class _Side:
    """Users or items: what each met, how that is encoded, and the vectors drawn last."""

    def __init__(self, rows: sparse.csr_matrix, settings: Bivae, device: str) -> None:
        self.rows = rows
        self.batch_rows = settings.batch_rows
        self.encoder = Encoder(rows.shape[1], settings.starts, settings.hidden, settings.dim).to(device)
        self.drawn = (torch.randn(settings.starts, rows.shape[0], settings.dim) * _SMALL).to(device)
        self.optimizer = torch.optim.Adam(self.encoder.parameters(), lr=settings.learning_rate)

    def train(self, other: "_Side") -> None:
        """Make one pass over the rows, the other side's vectors held fast."""
        for places in torch.randperm(self.rows.shape[0]).split(self.batch_rows):
            rows = self.dense(places.numpy())
            mean, scale = self.encoder(rows)
            drawn = mean + scale * torch.randn_like(scale)
            loss = negative_elbo(rows, mean, scale, drawn, other.drawn)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.drawn[:, places.to(self.drawn.device)] = drawn.detach()

    def dense(self, places: np.ndarray) -> Tensor:
        return torch.from_numpy(self.rows[places].toarray()).to(self.drawn.device)

    @torch.no_grad()
    def means(self) -> Iterator[FloatArray]:
        """Yield float32[n, starts * dim] of the rows, a batch at a time, in their order."""
        for places in torch.arange(self.rows.shape[0]).split(self.batch_rows):
            mean, _ = self.encoder(self.dense(places.numpy()))
            yield mean.transpose(0, 1).reshape(len(places), -1).cpu().numpy()


def _sides(taken: sparse.csr_matrix, settings: Bivae) -> tuple[_Side, _Side]:
    """Return items and users, in the order in which an epoch trains them."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return _Side(taken.T.tocsr(), settings, device), _Side(taken, settings, device)


def _vectors(sides: tuple[_Side, _Side]) -> Vectors:
    items, users = sides
    vectors = np.concatenate(list(items.means()))
    vectors[np.diff(items.rows.indptr) == 0] = 0
    return Vectors(UserEncoder.of(users.encoder), vectors)
