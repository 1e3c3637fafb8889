"""Choose the settings of the item-to-item models on validation users, over the most liked items."""

import itertools
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from jobs.contract.settings import Ease, ItemItem
from jobs.training.cooccurrence import most_similar
from jobs.training.ease import ease_weights
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
    tried: dict[str, Any]
    """For the report: NDCG by model and value, or why nothing was tried."""


def choose(grams: dict[float, FloatArray], cases: Cases, item_item: ItemItem, ease: Ease, k: int) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        grams: User exponent -> float32[n_items, n_items] of the training part: 0, which EASE takes, and those to try.
        cases: Validation users over the same items.
        item_item: Values to try.
        ease: Values to try.
        k: Cut-off.
    """
    if len(cases) < MIN_USERS:
        first = (item_item.neighbours[0], item_item.shrinkage[0], item_item.user_exponent[0], ease.regularisation[0])
        return Choice(*first, {"why": f"fewer than {MIN_USERS} validation users: the first of each"})
    plain = grams[0.0]
    ways = list(itertools.product(item_item.neighbours, item_item.shrinkage, item_item.user_exponent))
    cosine = {
        way: mean_ndcg(
            cases,
            by_weights(
                cases, _cosine(grams[way[2]], way[0], way[1] * user_weight(grams[way[2]].diagonal(), plain.diagonal()))
            ),
            k,
        )
        for way in ways
    }
    solved = {
        value: mean_ndcg(cases, by_weights(cases, ease_weights(plain, value, ease.kept)), k)
        for value in ease.regularisation
    }
    best_way, best_value = max(ways, key=cosine.__getitem__), max(ease.regularisation, key=solved.__getitem__)
    tried = {
        "users": len(cases),
        "items": len(plain),
        "item_item": {
            f"{n} neighbours, shrinkage {s:g}, user exponent {e:g}": round(ndcg, 4)
            for (n, s, e), ndcg in cosine.items()
        },
        "ease": {f"regularisation {value:g}": round(ndcg, 4) for value, ndcg in solved.items()},
    }
    return Choice(*best_way, best_value, tried)


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
