"""Choose the settings of the item-to-item models on validation users, over the most liked items."""

import math
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from jobs.contract.settings import Ease, ItemItem
from jobs.training.cooccurrence import most_similar
from jobs.training.ease import ease_weights
from jobs.training.search import Setting, best_setting
from jobs.training.validation import MIN_USERS, Cases, by_weights, mean_ndcg
from jobs.vectors.top_k import FloatArray

TUNED_ITEMS = 4_000
"""Choices are made over so many of the most liked items: EASE is solved once a value, at items cubed."""


class Choice(NamedTuple):
    """What was chosen, and what each value tried reached."""

    neighbours: int
    """Per item, of the cosine."""
    shrinkage: float
    """Of the cosine, in users."""
    user_exponent: float
    """Of the cosine."""
    regularisation: float
    """Of EASE."""
    half_lives: dict[str, float]
    """By model: newer liked items after which one counts half; 0 = all count alike."""
    tried: dict[str, Any]
    """For the report: NDCG by model and value, or why no more were tried."""


def choose(
    grams: dict[float, FloatArray], cases: Cases, item_item: ItemItem, ease: Ease, k: int, until: float = math.inf
) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        grams: User exponent -> float32[n_items, n_items] of the training part: 0, which EASE takes, and those to try.
        cases: Validation users over the same items.
        item_item: Values to try.
        ease: Values to try.
        k: Cut-off.
        until: ``time.monotonic()`` after which no further values are tried.
    """
    of_cosine = (item_item.half_life, item_item.neighbours, item_item.shrinkage, item_item.user_exponent)
    of_ease = (ease.half_life, ease.regularisation)
    if len(cases) < MIN_USERS:
        why = {"why": f"fewer than {MIN_USERS} validation users: the first of each"}
        return _choice((*(own[0] for own in of_cosine),), (*(own[0] for own in of_ease),), why)
    plain = grams[0.0]

    @lru_cache(maxsize=1)  # half-lives are tried one after the other
    def similar(neighbours: float, shrinkage: float, exponent: float) -> sparse.csr_matrix:
        gram = grams[exponent]
        return _cosine(gram, int(neighbours), shrinkage * user_weight(gram.diagonal(), plain.diagonal()))

    def cosine_ndcg(setting: Setting) -> float:
        half_life, *others = setting
        return mean_ndcg(cases, by_weights(cases, similar(*others), half_life), k)

    @cache
    def solved(regularisation: float) -> sparse.csr_matrix:
        return ease_weights(plain, regularisation, ease.kept)

    def ease_ndcg(setting: Setting) -> float:
        half_life, regularisation = setting
        return mean_ndcg(cases, by_weights(cases, solved(regularisation), half_life), k)

    by_cosine = best_setting(of_cosine, cosine_ndcg, until)
    by_ease = best_setting(of_ease, ease_ndcg, until)
    tried = {
        "users": len(cases),
        "items": len(plain),
        "item_item": by_cosine.report(_cosine_in_words),
        "ease": by_ease.report(_ease_in_words),
    }
    return _choice(by_cosine.best, by_ease.best, tried)


def _cosine_in_words(setting: Setting) -> str:
    half_life, neighbours, shrinkage, exponent = setting
    return f"{neighbours:g} neighbours, shrinkage {shrinkage:g}, user exponent {exponent:g}, half-life {half_life:g}"


def _ease_in_words(setting: Setting) -> str:
    half_life, regularisation = setting
    return f"regularisation {regularisation:g}, half-life {half_life:g}"


def _choice(cosine: Setting, ease: Setting, tried: dict[str, Any]) -> Choice:
    (of_cosine, neighbours, shrinkage, exponent), (of_ease, regularisation) = cosine, ease
    half_lives = {"item_item": of_cosine, "ease": of_ease}
    return Choice(int(neighbours), shrinkage, exponent, regularisation, half_lives, tried)


def user_weight(damped_counts: FloatArray, counts: FloatArray) -> float:
    """Return what a user counts on average once long histories are damped: a shrinkage in users is scaled by it.

    Args:
        damped_counts: float32[n_items], from ``taken_counts`` with an exponent.
        counts: float32[n_items], without.
    """
    return float(damped_counts.sum() / max(float(counts.sum()), 1.0))


def _cosine(gram: FloatArray, k: int, shrinkage: float) -> sparse.csr_matrix:
    item, neighbour, similarity = most_similar(gram, np.arange(len(gram)), gram.diagonal(), shrinkage, k)
    return sparse.csr_matrix((similarity, (item, neighbour)), shape=gram.shape)
