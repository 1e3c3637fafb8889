"""The gate: whether a release may be announced, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.contract.settings import Verdict
from jobs.evaluation.bootstrap import bootstrap_interval
from jobs.evaluation.metrics import FloatArray

Check = tuple[bool, str]
"""Whether it blocks, and the sentence that says what was held against what."""
_FEWEST_USERS = 20
"""For an interval: of fewer, all may have had bad luck at once."""


@dataclass(frozen=True)
class Comparison:
    """NDCG of the new lists and of a rival's on the same users.

    Attributes:
        rival: Its name in sentences.
        own: float64[n_users].
        theirs: float64[n_users], the same users.
        tolerance: Relative loss that is borne.
    """

    rival: str
    own: FloatArray
    theirs: FloatArray
    tolerance: float


@dataclass(frozen=True)
class Shape:
    """What a release reaches, now and in the release that serves.

    Attributes:
        users: Users with a list.
        items: Items of the catalogue.
        coverage: Share of the items that the tops of so many lists could reach that they do reach.
        current_users: The serving release's users, or None before the first.
        current_items: Its items.
    """

    users: int
    items: int
    coverage: float
    current_users: int | None
    current_items: int | None


def give_verdict(
    comparisons: list[Comparison],
    shape: Shape,
    settings: Verdict,
    seed: int,
    n_resamples: int,
    further: Sequence[Check] = (),
) -> dict[str, Any]:
    """Return {"publish": bool, "reasons": [sentences]}: what blocks, or else what was held against what.

    Accuracy blocks only when the whole interval lies beyond the tolerance, so that chance blocks nothing.

    Args:
        comparisons: On accuracy.
        shape: What the release reaches.
        settings: The tolerances.
        seed: Of the resamples.
        n_resamples: Resamples of each interval.
        further: Checks made elsewhere, on spread and on groups of users.
    """
    judged = [_compare(comparison, seed, n_resamples) for comparison in comparisons]
    checks = [*judged, _coverage(shape, settings), *_missing(shape, settings), *further]
    blocking = [reason for blocks, reason in checks if blocks]
    return {"publish": not blocking, "reasons": blocking or [reason for _, reason in checks]}


def _compare(comparison: Comparison, seed: int, n_resamples: int) -> Check:
    if len(comparison.own) < _FEWEST_USERS:
        return False, (
            f"accuracy is not held against {comparison.rival}: {len(comparison.own)} users of both, at least "
            f"{_FEWEST_USERS} wanted"
        )
    base = float(np.mean(comparison.theirs))
    difference = comparison.own - comparison.theirs
    low, high = (float(end[0]) for end in bootstrap_interval(difference[:, None], n_resamples, seed))
    blocks = high < -comparison.tolerance * base
    return blocks, (
        f"NDCG {np.mean(comparison.own):.4f} against {base:.4f} of {comparison.rival} on {len(difference):,} users: "
        f"difference {np.mean(difference):+.4f}, 95% interval {low:+.4f} to {high:+.4f}, "
        f"tolerated loss {comparison.tolerance:.0%}"
    )


def _coverage(shape: Shape, settings: Verdict) -> Check:
    return shape.coverage < settings.min_coverage, (
        f"the lists reach {shape.coverage:.2%} of the items they could, at least {settings.min_coverage:.2%} wanted"
    )


def _missing(shape: Shape, settings: Verdict) -> list[Check]:
    kinds = [
        ("users", shape.users, shape.current_users, settings.max_users_drop),
        ("items", shape.items, shape.current_items, settings.max_items_drop),
    ]
    return [
        (
            found < (1 - tolerated) * current,
            f"{found:,} {kind} where the serving release has {current:,}: {1 - found / current:.1%} fewer, "
            f"{tolerated:.0%} tolerated",
        )
        for kind, found, current, tolerated in kinds
        if current
    ]
