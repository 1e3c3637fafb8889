"""Sequences of one length class together: padding costs what real positions cost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor

from jobs.contract.settings import Sequence
from jobs.training.sequence.model import PADDING


@dataclass(frozen=True)
class Sequences:
    """Users' items as one flat array, oldest first.

    Attributes:
        items: int32, every user's items laid end to end.
        offsets: int64[n_users + 1], where each user's begin.
    """

    items: np.ndarray
    offsets: np.ndarray

    @classmethod
    def of(cls, *lists: pa.ListArray) -> "Sequences":
        """Return the users of all ``lists``, one after the other.

        Args:
            lists: list<int32>, each user's items, newest first.
        """
        parts = [_oldest_first(part) for part in lists]
        lengths = np.concatenate([np.zeros(0, np.int64), *(lengths for _, lengths in parts)])
        items = np.concatenate([np.zeros(0, np.int32), *(items for items, _ in parts)])
        return cls(items, np.concatenate([[0], np.cumsum(lengths)]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """int64[n_users], items of each user."""
        return np.diff(self.offsets)

    def padded(self, users: np.ndarray, max_length: int) -> Tensor:
        """Return int64[n_users, longest], each user's newest ``max_length`` items, padded at the end."""
        starts = np.maximum(self.offsets[users], self.offsets[users + 1] - max_length)
        lengths = self.offsets[users + 1] - starts
        place = np.arange(int(lengths.max(initial=1)))
        inside = place[None, :] < lengths[:, None]
        taken = self.items[np.minimum(starts[:, None] + place[None, :], len(self.items) - 1)]
        return torch.from_numpy(np.where(inside, taken, PADDING).astype(np.int64))


def _oldest_first(lists: pa.ListArray) -> tuple[np.ndarray, np.ndarray]:
    """Return every list reversed, laid end to end, and int64 lengths."""
    offsets = lists.offsets.to_numpy().astype(np.int64)
    lengths = np.diff(offsets)
    row = np.repeat(np.arange(len(lists)), lengths)
    # Place p of a list that runs from a to b becomes a + b - 1 - p.
    place = offsets[row] + offsets[row + 1] - 1 - np.arange(offsets[0], offsets[-1])
    return lists.values.to_numpy()[place].astype(np.int32), lengths


def epoch_batches(sequences: Sequences, settings: Sequence, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield int64 users of each batch, every user of two items or more once, in random order.

    Users of about one length go together, so that little of a batch is padding; which ones changes from epoch to
    epoch.

    Args:
        sequences: The users.
        settings: Where sequences are cut, and how many users and positions a batch holds; one user at least.
        rng: Of the shuffles.
    """
    lengths = np.minimum(sequences.lengths, settings.max_length)
    users = rng.permutation(np.flatnonzero(lengths > 1))
    # Shuffled within classes of about equal length: sorted by length with noise of a tenth.
    users = users[np.argsort(lengths[users] * rng.uniform(0.9, 1.1, len(users)), kind="stable")]
    batches, start = [], 0
    while start < len(users):
        end = start + 1
        longest = lengths[users[start]]
        last = min(len(users), start + settings.batch_users)
        while end < last and max(longest, lengths[users[end]]) * (end - start + 1) <= settings.batch_positions:
            longest = max(longest, lengths[users[end]])
            end += 1
        batches.append(users[start:end])
        start = end
    for place in rng.permutation(len(batches)):
        yield batches[place]
