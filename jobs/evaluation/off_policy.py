"""The click-through rate that a policy would have had, from what another one showed: IPS, SNIPS and DR.

A row is one item shown in one place. Its weight w = new propensity / logged propensity says how much oftener the new
policy would have shown it. Intervals are percentile bootstraps over the answers that rows were shown in, since the
rows of one answer go together.

Source: IPS is Horvitz and Thompson 1952; SNIPS is Swaminathan and Joachims 2015, "The Self-Normalized Estimator for
Counterfactual Learning"; DR is Dudik, Langford and Li 2011, "Doubly Robust Policy Evaluation and Learning". Nothing is
clipped: a clipped weight would hide that a log says little, where the notes say it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.contract.errors import ContractError, examples
from jobs.evaluation.bootstrap import resampled_means

FloatVector = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.int64]

# Below so many equal-weighted rows, or where one row says so much, a percentile bootstrap is too narrow.
_FEW_ROWS = 100
_LARGE_SHARE = 0.1


@dataclass(frozen=True)
class Logged:
    """What was shown, and what came of it.

    Attributes:
        rewards: float64[n], 1 where the item was clicked.
        propensities: float64[n] in (0, 1], the probability with which the item was shown in its place.
        answers: int64[n], the answer a row was part of, from 0: what the bootstrap draws.
    """

    rewards: FloatVector
    propensities: FloatVector
    answers: IntVector


@dataclass(frozen=True)
class NewPolicy:
    """What another policy would have done in the same places.

    Attributes:
        propensities: float64[n] in [0, 1], of what was shown.
        model_shown: float64[n], the reward that a model expects of what was shown; without a model there is no DR.
        model_expected: float64[n], the reward that the model expects of what the new policy shows.
    """

    propensities: FloatVector
    model_shown: FloatVector | None = None
    model_expected: FloatVector | None = None


@dataclass(frozen=True)
class Estimate:
    """A click-through rate and its 95% interval."""

    value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class OffPolicy:
    """Every estimate from one log.

    Attributes:
        estimates: "ips", "snips" and, with a model, "dr"; empty where the log never shows what the policy would.
        n: Rows.
        n_clicks: Clicked rows that the new policy could have shown.
        effective_n: (sum w)^2 / sum w^2: as many equal-weighted rows would say as much; 0 without support.
        mean_weight: 1 but for chance where the log can show whatever the new policy does, less where it cannot.
        largest_share: The heaviest row's part of all weight.
        notes: Why the figures are to be doubted, a sentence each.
    """

    estimates: dict[str, Estimate]
    n: int
    n_clicks: int
    effective_n: float
    mean_weight: Estimate
    largest_share: float
    notes: tuple[str, ...]


def off_policy(logged: Logged, policy: NewPolicy, n_resamples: int, seed: int) -> OffPolicy:
    """Return the new policy's click-through rate by every estimator, with intervals and how much they rest on.

    Args:
        logged: What was shown.
        policy: What the new policy would have done there.
        n_resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Raises:
        ContractError: If nothing was logged, lengths differ, or a propensity is out of its range.
    """
    _check(logged, policy)
    weights = policy.propensities / logged.propensities
    terms = [weights * logged.rewards, weights, np.ones_like(weights), *_doubly_robust(logged, policy, weights)]
    sums = np.stack([np.bincount(logged.answers, weights=term) for term in terms], axis=1).astype(np.float64)
    sums = sums[np.bincount(logged.answers) > 0]
    drawn = resampled_means(sums, n_resamples, seed)
    ratios = {"ips": (0, 2), "snips": (0, 1), "dr": (3, 2)} if len(terms) == 4 else {"ips": (0, 2), "snips": (0, 1)}
    supported = weights.sum() > 0
    n_clicks = int(((logged.rewards > 0) & (weights > 0)).sum())
    effective_n = float(weights.sum() ** 2 / (weights**2).sum()) if supported else 0.0
    largest_share = float(weights.max() / weights.sum()) if supported else 0.0
    mean_weight = _ratio(sums, drawn, 1, 2)
    return OffPolicy(
        estimates={name: _ratio(sums, drawn, *pair) for name, pair in ratios.items()} if supported else {},
        n=len(weights),
        n_clicks=n_clicks,
        effective_n=effective_n,
        mean_weight=mean_weight,
        largest_share=largest_share,
        notes=_notes(mean_weight, effective_n, largest_share, n_clicks) if supported else (_NO_SUPPORT,),
    )


def on_policy(logged: Logged, n_resamples: int, seed: int) -> Estimate:
    """Return the click-through rate of the policy that was logged, as its own log shows it.

    Raises:
        ContractError: If nothing was logged, lengths differ, or a propensity is out of its range.
    """
    own = off_policy(logged, NewPolicy(logged.propensities), n_resamples, seed)
    return own.estimates["ips"]


_NO_SUPPORT = "Nothing that the new policy would show was ever shown in its place: the log says nothing about it."


def _doubly_robust(logged: Logged, policy: NewPolicy, weights: FloatVector) -> list[FloatVector]:
    if policy.model_shown is None or policy.model_expected is None:
        return []
    return [policy.model_expected + weights * (logged.rewards - policy.model_shown)]


def _ratio(sums: npt.NDArray[np.float64], drawn: npt.NDArray[np.float64], top: int, bottom: int) -> Estimate:
    """Return the ratio of two columns' sums and the interval of its resamples; those without any weight are none."""
    total = sums.sum(axis=0)
    resampled = drawn[drawn[:, bottom] > 0]
    low, high = np.percentile(resampled[:, top] / resampled[:, bottom], [2.5, 97.5])
    return Estimate(float(total[top] / total[bottom]), float(low), float(high))


def _notes(mean_weight: Estimate, effective_n: float, largest_share: float, n_clicks: int) -> tuple[str, ...]:
    notes = []
    if not mean_weight.ci_low <= 1 <= mean_weight.ci_high:
        notes.append(
            f"The mean weight is {mean_weight.value:.3f} ({mean_weight.ci_low:.3f} to {mean_weight.ci_high:.3f}), "
            "expected 1: the log does not show all that the new policy would, or its propensities are not as logged."
        )
    if effective_n < _FEW_ROWS or largest_share > _LARGE_SHARE:
        notes.append(
            f"The log is worth {effective_n:.0f} rows, its heaviest has {largest_share:.0%} of the weight: "
            "the intervals are too narrow."
        )
    if not n_clicks:
        notes.append("No click falls on what the new policy would show: the intervals say nothing.")
    return tuple(notes)


def _check(logged: Logged, policy: NewPolicy) -> None:
    named = {
        "logged propensities": logged.propensities,
        "answers": logged.answers,
        "new propensities": policy.propensities,
        "model_shown": policy.model_shown,
        "model_expected": policy.model_expected,
    }
    n = len(logged.rewards)
    if not n:
        raise ContractError("Nothing was logged: found 0 rows, expected at least one impression.")
    wrong = [f"{name} {len(values)}" for name, values in named.items() if values is not None and len(values) != n]
    if wrong:
        raise ContractError(f"Lengths differ: found {', '.join(wrong)}, expected {n} as of rewards.")
    _check_range("logged propensities", logged.propensities, logged.propensities > 0, "above 0 and at most 1")
    _check_range("new propensities", policy.propensities, policy.propensities >= 0, "from 0 to 1")


def _check_range(name: str, values: FloatVector, above: npt.NDArray[np.bool_], expected: str) -> None:
    outside = values[~(above & (values <= 1))]  # negated, so that NaN is outside too
    if len(outside):
        raise ContractError(f"{len(outside)} of {len(values)} {name}: found {examples(outside.tolist())}, "
                            f"expected {expected}.")  # fmt: skip
