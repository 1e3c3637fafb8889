"""The gate on drift: small losses that each night is forgiven against the one before, and that add up."""

from dataclasses import dataclass

from jobs.contract.settings import Verdict
from jobs.evaluation.earlier_nights import EarlierNight
from jobs.evaluation.spread_checks import Measure, telling
from jobs.evaluation.verdict import Check

_FEWEST = 2
"""Earlier nights; a single one is the release that serves, against which the other checks hold the new one."""


@dataclass(frozen=True)
class _Kind:
    metric: str
    what: str
    tolerance: float
    rises: bool = False
    """Whether more of it is worse."""


def drift_checks(
    measures: dict[str, Measure], gaps: dict[str, Measure], earlier: list[EarlierNight], k: int, settings: Verdict
) -> list[Check]:
    """Return a check a metric against the best that an earlier night reached, a sentence with its numbers each.

    Nights differ in users and data, so only a whole interval past the tolerance blocks. Of the group gaps those that
    block are told, else the one that rose most.

    Args:
        measures: Metric -> what this night's lists reach.
        gaps: Attribute -> difference of NDCG between its groups.
        earlier: From ``earlier_nights``.
        k: Cut-off of the metrics.
        settings: The tolerances.
    """
    kinds = (
        _Kind(f"ndcg@{k}", "NDCG", settings.max_ndcg_drift),
        _Kind(f"coverage@{k}", "coverage", settings.max_coverage_drift),
        _Kind(f"arp@{k}", "mean users of a recommended item", settings.max_arp_drift, rises=True),
    )
    checks = [_check(kind, measures[kind.metric], earlier) for kind in kinds if kind.metric in measures]
    known = [check for check in checks if check] + _gap_checks(gaps, earlier, settings.max_group_gap_drift)
    return known or [(False, f"drift is not judged: fewer than {_FEWEST} earlier nights have been found good")]


def _check(kind: _Kind, own: Measure, earlier: list[EarlierNight]) -> Check | None:
    reached = [(night.metrics[kind.metric], night.run_date) for night in earlier if kind.metric in night.metrics]
    if len(reached) < _FEWEST:
        return None
    value, day = min(reached) if kind.rises else max(reached)
    blocks = own.low > (1 + kind.tolerance) * value if kind.rises else own.high < (1 - kind.tolerance) * value
    return blocks, (
        f"{kind.what} {own.value:.4g} where the night of {day} had {value:.4g}, the best of {len(reached)}: tolerated "
        f"{'rise' if kind.rises else 'loss'} over the nights {kind.tolerance:.0%}"
    )


def _gap_checks(gaps: dict[str, Measure], earlier: list[EarlierNight], tolerance: float) -> list[Check]:
    rises: list[tuple[float, Check]] = []
    for name, own in sorted(gaps.items()):
        reached = [(night.gaps[name], night.run_date) for night in earlier if name in night.gaps]
        if len(reached) < _FEWEST:
            continue
        value, day = min(reached)
        sentence = (
            f"the gap by {name} {own.value:.4f} where the night of {day} had {value:.4f}, the least of {len(reached)}: "
            f"tolerated rise over the nights {tolerance:.2f}"
        )
        rises.append((value - own.value, (own.low > value + tolerance, sentence)))
    return telling([check for _, check in sorted(rises)])
