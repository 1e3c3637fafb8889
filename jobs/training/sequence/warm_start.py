"""Last night's weights, from which tonight's refit begins: most of what there is to learn has not changed since.

Only the refit, the final fold, begins so, and only from an earlier date's refit. The backtest is trained anew every
night. Last night's refit has seen what tonight's backtest holds out. Last night's backtest may have too: a user's
training part does not only grow. With ``split.min_events`` reached, with both held-out parts one larger at once (from
19 events to 20, of a tenth each), or with events that come late, one goes back from training into validation or test,
and a model that once learnt it would be chosen and judged on what it knows.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from jobs.contract.atomic_files import write_atomically
from jobs.contract.run import Run, accepted_run
from jobs.contract.settings import Sequence, Settings
from jobs.training.sequence.model import SequenceModel

_IDS, _WEIGHT, _ITEMS = "item_ids", "weight.", "free"


@dataclass(frozen=True)
class Kept:
    """What an earlier night's refit has left.

    Attributes:
        shape: What must agree for its weights to fit.
        nights: Nights in a row, that one included, that began with the weights of the one before.
        item_ids: Of the rows of its item vectors.
        weights: By parameter name.
    """

    shape: dict[str, Any]
    nights: int
    item_ids: list[str]
    weights: dict[str, Tensor]


@dataclass(frozen=True)
class Start:
    """What a refit begins with.

    Attributes:
        nights: Nights in a row, this one included, that began with the weights of the one before; 0 = anew.
        why: Whose weights, or why none.
    """

    nights: int
    why: str

    def epochs(self, anew: int, settings: Sequence) -> int:
        """Return how many passes the training makes, where one that begins anew makes ``anew``; one at least."""
        return max(1, round(anew * settings.warm_epochs_share)) if self.nights else anew

    def settings(self, anew: Sequence) -> Sequence:
        """Return the settings of the training, where those of one that begins anew are ``anew``."""
        return anew.model_copy(update={"learning_rate": anew.warm_learning_rate}) if self.nights else anew


def begin(run: Run, model: SequenceModel, item_ids: list[str], place: int = 0) -> Start:
    """Give ``model`` the newest weights of an earlier date that may be used, item vectors by item id.

    Items that are new keep the vectors that they have, items that are gone are left out. Nothing of the run's own date
    or of a later one is read, so that a rerun, or a backfill beside the nights, repeats itself.

    Args:
        run: Its home and settings.
        model: Untrained, on its device; changed where weights are found.
        item_ids: Of its items, in its order.
        place: Which of the night's models.
    """
    if not run.settings.sequence.warm_start:
        return Start(0, "sequence.warm_start is off")
    folder = _newest_accepted(run)
    if not folder:
        return Start(0, "no earlier night that was found good has kept weights")
    day = _date_of(folder)
    if not _file(folder, place).exists():
        return Start(0, f"{day} has kept no weights of model {place + 1}")
    kept = _read(_file(folder, place), str(model.free.device))
    if not kept:
        return Start(0, f"the weights of {day} are damaged")
    changed = _changes(kept.shape, _shape(run.settings, model))
    if changed:
        return Start(0, f"since {day} the model has changed: {changed}")
    if kept.nights >= run.settings.sequence.warm_nights:
        return Start(0, f"{kept.nights} nights in a row began warm (sequence.warm_nights)")
    carried = _adopt(model, kept, item_ids)
    return Start(kept.nights + 1, f"with the weights of {day}, {carried:,} of {len(item_ids):,} items'")


def keep(run: Run, model: SequenceModel, item_ids: list[str], nights: int, place: int = 0) -> None:
    """Keep a refit's weights for the nights to come; a rerun of the date replaces them, whole or not at all.

    Args:
        run: Whose date they are of.
        model: Trained.
        item_ids: Of its items, in its order.
        nights: From the ``Start`` that it had.
        place: Which of the night's models.

    Raises:
        LockedError: If a newer run has taken the date.
    """
    tensors = {f"{_WEIGHT}{name}": value.cpu().contiguous() for name, value in model.state_dict().items()}
    # As bytes of JSON, since a safetensors header has a limit that ids of millions of items would meet.
    tensors[_IDS] = torch.frombuffer(bytearray(json.dumps(item_ids).encode()), dtype=torch.uint8)
    described = {"shape": _shape(run.settings, model), "nights": nights}
    run.check_not_superseded()
    path = _file(run.home.weights("sequence", run.run_date), place)
    write_atomically(path, save(tensors, {"described": json.dumps(described)}))


def _file(folder: Path, place: int) -> Path:
    return folder / f"final-{place}.safetensors"


def _newest_accepted(run: Run) -> Path | None:
    """Return the newest earlier date's folder whose night its own verdict let through: bad data goes no further."""
    folders = run.home.models.glob("sequence/run_date=*")
    earlier = sorted((folder for folder in folders if _date_of(folder) < run.run_date), key=_date_of, reverse=True)
    return next((folder for folder in earlier if accepted_run(run.home, _date_of(folder))), None)


def _date_of(folder: Path) -> date:
    return date.fromisoformat(folder.name.removeprefix("run_date="))


def _read(file: Path, device: str) -> Kept | None:
    """Return what ``keep`` wrote; None where the file is missing, damaged or not finite."""
    try:
        with safe_open(file, "pt", device=device) as opened:
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping
            described = json.loads(opened.metadata()["described"])
        item_ids = json.loads(bytes(tensors.pop(_IDS).cpu().numpy()))
    except (FileNotFoundError, SafetensorError, ValueError):
        return None
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        return None
    weights = {name.removeprefix(_WEIGHT): tensor for name, tensor in tensors.items()}
    return Kept(described["shape"], described["nights"], item_ids, weights)


def _adopt(model: SequenceModel, kept: Kept, item_ids: list[str]) -> int:
    """Set the model's weights and return how many of its items had a vector."""
    place = {item_id: row for row, item_id in enumerate(kept.item_ids)}
    pairs = [(row, place[item_id]) for row, item_id in enumerate(item_ids) if item_id in place]
    rows, kept_rows = torch.tensor(pairs, dtype=torch.int64, device=model.free.device).reshape(-1, 2).T
    vectors = model.free.detach().clone()
    vectors[rows] = kept.weights[_ITEMS][kept_rows]
    model.load_state_dict({**kept.weights, _ITEMS: vectors})
    return len(pairs)


def _shape(settings: Settings, model: SequenceModel) -> dict[str, Any]:
    """Return all that must agree for weights to fit, and for texts to mean the same to them."""
    sequence, embedding = settings.sequence, settings.embedding
    texts = None if model.project is None else [embedding.model, embedding.revision, model.project.in_features]
    return {**{name: getattr(sequence, name) for name in ("dim", "blocks", "heads", "max_length")}, "texts": texts}


def _changes(found: dict[str, Any], expected: dict[str, Any]) -> str:
    names = [name for name in expected if found.get(name) != expected[name]]
    return ", ".join(f"{name} was {found.get(name)}, is {expected[name]}" for name in names)
