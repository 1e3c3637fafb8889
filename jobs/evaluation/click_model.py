"""A small model of clicks for the doubly robust estimate: how often a place is clicked, and an item beyond its places.

rate(item, position) = rate of the position x factor of the item, where an item's factor is its clicks over the clicks
that its positions let expect. Both are shrunk by one click's worth of impressions, which needs no tuning: an item
shown once keeps a factor near 1, a position hardly seen the mean rate.

Source: Zhang and Jones 2007, "Comparing Click Logs and Editorial Labels for Training Query Rewriting" (clicks over
expected clicks); cross-fitting as Chernozhukov et al. 2018. DR needs no good model to be right, only one that has not
seen the row it predicts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jobs.evaluation.off_policy import FloatVector, IntVector, Logged


@dataclass(frozen=True)
class Impressions:
    """Logged rows with what was shown where.

    Attributes:
        logged: Rewards, propensities, answers.
        items: int64[n], from 0.
        positions: int64[n], from 0; all 0 where no position is known.
        n_items: Items, shown or not.
        n_positions: Positions.
    """

    logged: Logged
    items: IntVector
    positions: IntVector
    n_items: int
    n_positions: int


@dataclass(frozen=True)
class ClickModel:
    """Expected clicks.

    Attributes:
        position_rates: float64[n_positions].
        item_factors: float64[n_items].
    """

    position_rates: FloatVector
    item_factors: FloatVector

    def rates(self, items: IntVector, positions: IntVector) -> FloatVector:
        """Return the expected clicks of items in positions, float64 as long as both."""
        return self.position_rates[positions] * self.item_factors[items]


def fit(impressions: Impressions, rows: IntVector) -> ClickModel:
    """Return the model of the given rows alone; without any click among them, it expects none."""
    rewards = impressions.logged.rewards[rows]
    items, positions = impressions.items[rows], impressions.positions[rows]
    if not rewards.sum():
        return ClickModel(np.zeros(impressions.n_positions), np.ones(impressions.n_items))
    mean = rewards.mean()
    clicked = np.bincount(positions, rewards, impressions.n_positions)
    shown = np.bincount(positions, minlength=impressions.n_positions)
    position_rates = (clicked + 1) / (shown + 1 / mean)
    item_clicks = np.bincount(items, rewards, impressions.n_items)
    expected = np.bincount(items, position_rates[positions], impressions.n_items)
    return ClickModel(position_rates, (item_clicks + 1) / (expected + 1))


def cross_fitted(impressions: Impressions, n_folds: int, seed: int) -> Iterator[tuple[IntVector, ClickModel]]:
    """Yield every fold's rows and the model fitted without them; an answer's rows are in one fold.

    Args:
        impressions: The log.
        n_folds: At least 2; with fewer answers, some folds are empty and left out.
        seed: Of the folds.
    """
    answers = impressions.logged.answers
    folds = np.random.default_rng(seed).permutation(int(answers.max()) + 1) % n_folds
    fold_of_row = folds[answers]
    for fold in range(n_folds):
        rows = np.flatnonzero(fold_of_row == fold)
        if len(rows):
            yield rows, fit(impressions, np.flatnonzero(fold_of_row != fold))
