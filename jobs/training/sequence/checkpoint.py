"""What a training has reached, kept after every epoch as safetensors, so that a killed one goes on from there."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from jobs.contract.atomic_files import write_atomically

_BEST, _NOW, _OPTIMIZER = "best.", "now.", "optimizer."


Pool = Literal["last", "mean"]
"""Where a user's vector comes from: the state after the newest item, or the mean over all of them."""
POOLS: tuple[Pool, ...] = ("last", "mean")


@dataclass(frozen=True)
class Epoch:
    """One pass over the data.

    Attributes:
        loss: Mean negative log-likelihood of the next item, in nats.
        ndcg: On validation, or None.
        pool: How a user's states are best made into one vector, by validation.
        seconds: Wall clock, validation included.
    """

    loss: float
    ndcg: float | None
    pool: Pool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the fields."""
        return asdict(self)


@dataclass(frozen=True)
class Progress:
    """A training so far.

    Attributes:
        curve: Its epochs.
        best_epoch: Which one had the best validation, from 1; without validation the last; 0 before the first.
        best: Weights after that epoch.
    """

    curve: list[Epoch]
    best_epoch: int
    best: dict[str, Tensor]

    @property
    def pool(self) -> Pool:
        """That epoch's way to a user's vector."""
        return self.curve[self.best_epoch - 1].pool if self.best_epoch else "last"

    def after(self, epoch: Epoch, model: torch.nn.Module) -> "Progress":
        """Return the progress with one more epoch, after which the model is as given."""
        curve = [*self.curve, epoch]
        reached = [done.ndcg for done in self.curve if done.ndcg is not None]
        if epoch.ndcg is not None and reached and epoch.ndcg <= max(reached):
            return replace(self, curve=curve)
        weights = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        return Progress(curve, len(curve), weights)


def save_progress(
    path: Path, progress: Progress, model: torch.nn.Module, optimizer: torch.optim.Optimizer, learnt_from: str
) -> None:
    """Replace ``path`` by the progress, the model's and the optimiser's state; whole or not at all.

    Args:
        path: The file.
        progress: So far.
        model: After its last epoch.
        optimizer: Likewise.
        learnt_from: Names the data: only a training on the same goes on from here.
    """
    tensors = {f"{_BEST}{name}": tensor for name, tensor in progress.best.items()}
    tensors |= {f"{_NOW}{name}": tensor for name, tensor in model.state_dict().items()}
    for place, state in optimizer.state_dict()["state"].items():
        tensors |= {f"{_OPTIMIZER}{place}.{name}": value for name, value in state.items()}
    described = {"curve": [epoch.as_json() for epoch in progress.curve], "best_epoch": progress.best_epoch}
    laid_out = {name: tensor.contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(laid_out, {"progress": json.dumps(described), "learnt_from": learnt_from}))


def load_progress(path: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer, learnt_from: str) -> Progress:
    """Return what ``path`` holds, with model and optimiser set to it.

    From the start if it is absent, damaged, or learnt from other data, as after a dataset was mended within a run.
    """
    start = Progress([], 0, {name: tensor.detach().clone() for name, tensor in model.state_dict().items()})
    if not path.exists():
        return start
    try:
        with safe_open(path, "pt", device=str(next(model.parameters()).device)) as file:
            if file.metadata().get("learnt_from") != learnt_from:
                return start
            described = json.loads(file.metadata()["progress"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except SafetensorError:
        return start
    model.load_state_dict(_under(tensors, _NOW))
    _restore(optimizer, _under(tensors, _OPTIMIZER))
    curve = [Epoch(**epoch) for epoch in described["curve"]]
    return Progress(curve, described["best_epoch"], _under(tensors, _BEST))


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _restore(optimizer: torch.optim.Optimizer, values: dict[str, Tensor]) -> None:
    whole = optimizer.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in values.items():
        place, name = key.split(".", 1)
        state.setdefault(int(place), {})[name] = value
    optimizer.load_state_dict({**whole, "state": state})
