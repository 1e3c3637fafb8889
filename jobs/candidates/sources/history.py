"""What the user liked before, by how much: where things are taken again."""

from dataclasses import dataclass

import numpy as np

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.contract import Definition, Inputs, IntArray, Source, User
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.vectors.top_k import FloatArray


@dataclass(frozen=True)
class HistoryScores:
    """The weights of liked items.

    Attributes:
        n_items: Items of the catalogue.
    """

    n_items: int

    def scores(self, users: list[User]) -> FloatArray:
        """Return the weights of liked items; -inf elsewhere."""
        scores = np.full((len(users), self.n_items), -np.inf, dtype=np.float32)
        for row, user in enumerate(users):
            scores[row, user.liked] = user.weights
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: the item speaks for itself."""
        return None


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where what was taken is not recommended again."""
    return HistoryScores(len(items.item_ids)) if inputs.with_repeats else None


HISTORY = Definition(build, "what was taken is not recommended again", Reason.AGAIN)
