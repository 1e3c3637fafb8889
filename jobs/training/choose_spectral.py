"""Choose the spectral model's rank and exponent on validation users, over the most liked items."""

import itertools
from typing import Any, NamedTuple

import numpy as np

from jobs.contract.settings import Spectral
from jobs.training.spectral import SpectralVectors, first, spectral_vectors
from jobs.training.validation import MIN_USERS, Cases, Scorer, mean_ndcg
from jobs.vectors.top_k import FloatArray


class Choice(NamedTuple):
    """What was chosen, and what each value tried reached."""

    rank: int
    """Directions kept."""
    item_exponent: float
    """Damping of popular items."""
    tried: dict[str, Any]
    """For the report: NDCG by value, or why nothing was tried."""


def choose(gram: FloatArray, n_users: FloatArray, cases: Cases, settings: Spectral, k: int) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        gram: float32[n_items, n_items] of the training part, its users' pairs damped; left as it is.
        n_users: float32[n_items], how many users took each item.
        cases: Validation users over the same items.
        settings: Values to try.
        k: Cut-off.
    """
    if len(cases) < MIN_USERS:
        why = f"fewer than {MIN_USERS} validation users: the first of each"
        return Choice(settings.rank[0], settings.item_exponent[0], {"why": why})
    reached: dict[tuple[int, float], float] = {}
    solved = {
        exponent: spectral_vectors(gram.copy(), n_users, max(settings.rank), exponent)
        for exponent in settings.item_exponent
    }
    for rank, exponent in itertools.product(settings.rank, settings.item_exponent):
        reached[rank, exponent] = mean_ndcg(cases, by_vectors(cases, first(solved[exponent], rank)), k)
    rank, exponent = max(reached, key=reached.__getitem__)
    shown = {f"rank {rank}, exponent {exponent:g}": round(ndcg, 4) for (rank, exponent), ndcg in reached.items()}
    return Choice(rank, exponent, {"users": len(cases), "items": len(gram), **shown})


def by_vectors(cases: Cases, vectors: SpectralVectors) -> Scorer:
    """Return a scorer of the users by these vectors."""

    def scores(users: slice) -> FloatArray:
        return np.asarray((cases.liked[users] @ vectors.gathers) @ vectors.gives.T)

    return scores
