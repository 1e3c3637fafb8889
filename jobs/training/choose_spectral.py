"""Choose the spectral model's rank, exponent and half-life on validation users, over the most liked items."""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from jobs.contract.settings import Spectral
from jobs.training.search import Setting, best_setting
from jobs.training.spectral import SpectralVectors, first, spectral_vectors
from jobs.training.validation import MIN_USERS, Cases, Scorer, mean_ndcg
from jobs.vectors.top_k import FloatArray


class Choice(NamedTuple):
    """What was chosen, and what each value tried reached."""

    rank: int
    """Directions kept."""
    item_exponent: float
    """Damping of popular items."""
    half_life: float
    """Newer liked items after which one counts half; 0 = all count alike."""
    tried: dict[str, Any]
    """For the report: NDCG by value, or why no more were tried."""


def choose(
    gram: FloatArray, n_users: FloatArray, cases: Cases, settings: Spectral, k: int, until: float = math.inf
) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        gram: float32[n_items, n_items] of the training part, its users' pairs damped; left as it is.
        n_users: float32[n_items], how many users took each item.
        cases: Validation users over the same items.
        settings: Values to try.
        k: Cut-off.
        until: ``time.monotonic()`` after which no further values are tried.
    """
    if len(cases) < MIN_USERS:
        why = f"fewer than {MIN_USERS} validation users: the first of each"
        return Choice(settings.rank[0], settings.item_exponent[0], settings.half_life[0], {"why": why})

    @cache
    def solved(exponent: float) -> SpectralVectors:
        return spectral_vectors(gram.copy(), n_users, max(settings.rank), exponent)

    def ndcg(setting: Setting) -> float:
        half_life, rank, exponent = setting
        return mean_ndcg(cases, by_vectors(cases, first(solved(exponent), int(rank)), half_life), k)

    found = best_setting((settings.half_life, settings.rank, settings.item_exponent), ndcg, until)
    half_life, rank, exponent = found.best
    tried = {"users": len(cases), "items": len(gram), **found.report(_in_words)}
    return Choice(int(rank), exponent, half_life, tried)


def _in_words(setting: Setting) -> str:
    half_life, rank, exponent = setting
    return f"rank {rank:g}, exponent {exponent:g}, half-life {half_life:g}"


def by_vectors(cases: Cases, vectors: SpectralVectors, half_life: float = 0.0) -> Scorer:
    """Return a scorer of the users by these vectors; what they liked fades by ``half_life``."""
    gathered = cases.liked(half_life) @ vectors.gathers

    def scores(users: slice) -> FloatArray:
        return np.asarray(gathered[users] @ vectors.gives.T)

    return scores
