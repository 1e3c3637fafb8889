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
    """Of the cosine."""
    regularisation: float
    """Of EASE."""
    tried: dict[str, Any]
    """For the report: NDCG by model and value, or why nothing was tried."""


def choose(gram: FloatArray, cases: Cases, item_item: ItemItem, ease: Ease, k: int) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        gram: float32[n_items, n_items] of the training part.
        cases: Validation users over the same items.
        item_item: Values to try.
        ease: Values to try.
        k: Cut-off.
    """
    if len(cases) < MIN_USERS:
        first = (item_item.neighbours[0], item_item.shrinkage[0], ease.regularisation[0])
        return Choice(*first, {"why": f"fewer than {MIN_USERS} validation users: the first of each"})
    pairs = list(itertools.product(item_item.neighbours, item_item.shrinkage))
    cosine = {pair: mean_ndcg(cases, by_weights(cases, _cosine(gram, *pair)), k) for pair in pairs}
    solved = {
        value: mean_ndcg(cases, by_weights(cases, ease_weights(gram, value, ease.kept)), k)
        for value in ease.regularisation
    }
    best_pair, best_value = max(pairs, key=cosine.__getitem__), max(ease.regularisation, key=solved.__getitem__)
    tried = {
        "users": len(cases),
        "items": len(gram),
        "item_item": {f"{n} neighbours, shrinkage {s:g}": round(ndcg, 4) for (n, s), ndcg in cosine.items()},
        "ease": {f"regularisation {value:g}": round(ndcg, 4) for value, ndcg in solved.items()},
    }
    return Choice(*best_pair, best_value, tried)


def _cosine(gram: FloatArray, k: int, shrinkage: float) -> sparse.csr_matrix:
    item, neighbour, similarity = most_similar(gram, np.arange(len(gram)), gram.diagonal(), shrinkage, k)
    return sparse.csr_matrix((similarity, (item, neighbour)), shape=gram.shape)
