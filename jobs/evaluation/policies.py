"""What another policy would have shown in the logged places: one read from its own log, or the lists of a release."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.contract.errors import ContractError
from jobs.evaluation.click_model import ClickModel, Impressions, cross_fitted
from jobs.evaluation.off_policy import FloatVector, IntVector, NewPolicy

N_FOLDS = 5
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class TablePolicy:
    """A policy that shows items whoever looks.

    Attributes:
        shares: float64[n_positions, n_items], the probability of each item in each position.
        exact: Whether its log states the probabilities; else they are estimated from what it showed.
    """

    shares: npt.NDArray[np.float64]
    exact: bool

    def propensities(self, impressions: Impressions) -> FloatVector:
        """Return the probability of what was shown, float64[n]."""
        return self.shares[impressions.positions, impressions.items]

    def expected(self, impressions: Impressions, rows: IntVector, model: ClickModel) -> FloatVector:
        """Return the clicks that the model expects of what the policy shows in the rows' places."""
        positions = impressions.positions[rows]
        factors = np.einsum("pi,i->p", self.shares, model.item_factors)
        expected: FloatVector = model.position_rates[positions] * factors[positions]
        return expected


@dataclass(frozen=True)
class ListPolicy:
    """A policy that shows fixed lists: in each logged place one of a few items, each as likely.

    Attributes:
        choices: int64, the items of all rows one after another.
        starts: int64[n + 1], where each row's begin, and the end; no row is without any.
    """

    choices: IntVector
    starts: IntVector

    def propensities(self, impressions: Impressions) -> FloatVector:
        """Return the probability of what was shown, float64[n]; see ``list_policy_weights``."""
        return list_policy_weights(impressions.items, self.choices, self.starts)

    def expected(self, impressions: Impressions, rows: IntVector, model: ClickModel) -> FloatVector:
        """Return the clicks that the model expects of what the lists show in the rows' places."""
        sums = np.concatenate([[0.0], np.cumsum(model.item_factors[self.choices])])
        means: FloatVector = (sums[self.starts[1:]] - sums[self.starts[:-1]]) / np.diff(self.starts)
        return model.position_rates[impressions.positions[rows]] * means[rows]


def list_policy_weights(items: IntVector, choices: IntVector, starts: IntVector) -> FloatVector:
    """Return the probability with which lists show what was shown: 1 / choices if it is one of them, else 0.

    Args:
        items: int64[n], what was shown.
        choices: int64, what the lists may show in each row's place, one row after another, an item once a row.
        starts: int64[n + 1], where each row's choices begin, and the end.

    Raises:
        ContractError: If a row has no choice.
    """
    sizes = np.diff(starts)
    if (sizes < 1).any():
        raise ContractError(f"Found {int((sizes < 1).sum())} rows without a choice, expected at least one item a row.")
    row_of_choice = np.repeat(np.arange(len(items)), sizes)
    hits = np.bincount(row_of_choice, choices == items[row_of_choice], len(items))
    return hits / sizes


def policy_of_log(own: Impressions) -> TablePolicy:
    """Return what a policy shows, from its own log.

    Where each item has one propensity in each position and they add up to 1, the log states the policy. Else it
    changed with time or with the user: the share of each item among what was shown in each position is the mean of
    what it did, known up to the chance of its own log (which no interval here holds).
    """
    cell = own.positions * own.n_items + own.items
    size = own.n_positions * own.n_items
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, cell, own.logged.propensities)
    np.maximum.at(high, cell, own.logged.propensities)
    shown = np.bincount(cell, minlength=size).reshape(own.n_positions, own.n_items)
    stated = np.where(np.isfinite(low), low, 0.0).reshape(shown.shape)
    used = shown.sum(axis=1) > 0
    sums_to_one = np.abs(stated[used].sum(axis=1) - 1) < _SUM_TOLERANCE
    if (low == high)[np.isfinite(low)].all() and sums_to_one.all():
        return TablePolicy(stated, exact=True)
    return TablePolicy(shown / np.maximum(shown.sum(axis=1, keepdims=True), 1), exact=False)


def new_policy(impressions: Impressions, policy: TablePolicy | ListPolicy, seed: int) -> NewPolicy:
    """Return what ``off_policy`` needs of a policy, its expected clicks by a model that never saw the row.

    Args:
        impressions: The log that is to answer.
        policy: The policy that is asked about.
        seed: Of the model's folds.
    """
    shown, expected = np.zeros(len(impressions.items)), np.zeros(len(impressions.items))
    for rows, model in cross_fitted(impressions, N_FOLDS, seed):
        shown[rows] = model.rates(impressions.items[rows], impressions.positions[rows])
        expected[rows] = policy.expected(impressions, rows, model)
    return NewPolicy(policy.propensities(impressions), shown, expected)
