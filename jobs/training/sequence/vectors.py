"""What a trained sequence model says of users and items: vectors whose dot product is the score."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import torch
from pyspark.sql import DataFrame
from torch import Tensor

from jobs.contract.settings import Sequence
from jobs.contract.tables import USER_ID
from jobs.training.sequence.batches import Sequences
from jobs.training.sequence.checkpoint import POOLS, Pool
from jobs.training.sequence.model import PADDING, SequenceModel
from jobs.vectors.lists import vector_lists
from jobs.vectors.top_k import FloatArray

_USERS_AT_ONCE = 256


@dataclass(frozen=True)
class FrozenModel:
    """A trained model as arrays, to be broadcast; its item vectors are computed once and for all.

    Attributes:
        settings: Of the model.
        pool: Where a user's vector comes from.
        weights: By parameter name.
    """

    settings: Sequence
    pool: Pool
    weights: dict[str, np.ndarray]

    @property
    def item_vectors(self) -> FloatArray:
        """float32[n_items, dim] of the items that the model was trained on."""
        return self.weights["free"]

    def thaw(self) -> SequenceModel:
        """Return the model, on the processor and in evaluation mode."""
        model = SequenceModel(self.settings, len(self.item_vectors), texts=None)
        model.load_state_dict({name: torch.from_numpy(values) for name, values in self.weights.items()})
        return model.eval()


@torch.no_grad()
def freeze(model: SequenceModel, settings: Sequence, pool: Pool) -> FrozenModel:
    """Return ``model`` as arrays."""
    weights = {name: value for name, value in model.state_dict().items() if not name.startswith("project.")}
    weights["free"] = torch.from_numpy(item_vectors(model))
    return FrozenModel(settings, pool, {name: np.array(value.cpu().numpy()) for name, value in weights.items()})


@torch.no_grad()
def item_vectors(model: SequenceModel) -> FloatArray:
    """Return float32[n_items, dim] of the items that the model was trained on."""
    return np.array(model.item_vectors().cpu().numpy())


@torch.no_grad()
def vectors_of_texts(model: SequenceModel, texts: FloatArray) -> FloatArray | None:
    """Return float32[n, dim]: where items that nobody took lie, by their text alone; None without texts in the model.

    Args:
        model: The model.
        texts: float32[n, text_dim], unit rows.
    """
    if model.project is None:
        return None
    given: Tensor = torch.from_numpy(texts).to(model.free.device)
    return np.asarray(model.project(given).cpu().numpy(), dtype=np.float32)


@torch.no_grad()
def user_states(model: SequenceModel, sequences: Sequences, max_length: int) -> dict[Pool, FloatArray]:
    """Return each user's vector by each way to it, float32[n_users, dim]; zeros for a user without items.

    "last" is the state after the newest item, "mean" the mean over all states: where the missing items lie anywhere in
    a history and not after it, the mean finds them better.

    Args:
        model: In evaluation mode.
        sequences: The users.
        max_length: The newest items that count.
    """
    vectors = model.item_vectors()
    pooled: dict[Pool, FloatArray] = {
        pool: np.zeros((len(sequences), vectors.shape[1]), dtype=np.float32) for pool in POOLS
    }
    by_length = np.argsort(sequences.lengths, kind="stable")
    by_length = by_length[sequences.lengths[by_length] > 0]
    for start in range(0, len(by_length), _USERS_AT_ONCE):
        users = by_length[start : start + _USERS_AT_ONCE]
        items = sequences.padded(users, max_length).to(vectors.device)
        states, real = model(items, vectors), items != PADDING
        for pool, found in pooled.items():
            found[users] = _pooled(states, real, pool).cpu().numpy()
    return pooled


def _pooled(states: Tensor, real: Tensor, pool: Pool) -> Tensor:
    if pool == "mean":
        return (states * real[:, :, None]).sum(dim=1) / real.sum(dim=1, keepdim=True)
    return states[torch.arange(len(states), device=states.device), real.sum(dim=1) - 1]


def user_vectors(histories: DataFrame, models: list[FrozenModel]) -> DataFrame:
    """Return (user_id, vector array<float>) of every user who liked something, computed by Spark's tasks.

    Args:
        histories: user_id, liked array<int>, newest first.
        models: Whose vectors are laid end to end. Broadcast; each task thaws them once.
    """
    shared = histories.sparkSession.sparkContext.broadcast(models)

    def states(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        torch.set_num_threads(1)
        thawed = [(frozen, frozen.thaw()) for frozen in shared.value]
        for batch in batches:
            sequences = Sequences.of(batch.column(1))
            found = [user_states(model, sequences, frozen.settings.max_length)[frozen.pool] for frozen, model in thawed]
            vectors = vector_lists(np.concatenate(found, axis=1))
            yield pa.RecordBatch.from_arrays([batch.column(0), vectors], names=[USER_ID, "vector"])

    taken = histories.where("size(liked) > 0").select(USER_ID, "liked")
    return taken.mapInArrow(states, f"{USER_ID} string, vector array<float>")
