"""The gate on how recommendations spread: over items, and over groups of users. What is not known blocks nothing."""

from dataclasses import dataclass

from jobs.contract.settings import Verdict
from jobs.evaluation.verdict import Check


@dataclass(frozen=True)
class Measure:
    """A number of the new release beside the serving release's.

    Attributes:
        value: In this night's backtest.
        low: Lower end of its 95% interval; the value itself where there is none.
        high: Upper end.
        serving: What the serving release recorded, or None where it did not.
    """

    value: float
    low: float
    high: float
    serving: float | None


@dataclass(frozen=True)
class Spread:
    """What is judged, at the first cut-off; None where nothing could be measured.

    Attributes:
        release: The serving release's name in sentences, or None before the first.
        coverage: Share of the eligible items in the judged lists.
        gini: Gini index of exposure over the items that these lists could reach.
        arp: Mean training users of a recommended item.
        gaps: Attribute -> difference of NDCG between the best and the worst served of its groups.
    """

    release: str | None
    coverage: Measure | None
    gini: float | None
    arp: Measure | None
    gaps: dict[str, Measure]


def spread_checks(spread: Spread, settings: Verdict) -> list[Check]:
    """Return the checks on coverage, popularity and group gaps, a sentence with its numbers each."""
    return [*_gini(spread, settings), *_coverage(spread, settings), *_arp(spread, settings), *_gaps(spread, settings)]


def telling(checks: list[Check]) -> list[Check]:
    """Return the checks that block, else the first."""
    return [check for check in checks if check[0]] or checks[:1]


def _gini(spread: Spread, settings: Verdict) -> list[Check]:
    if spread.gini is None:
        return []
    sentence = f"Gini index of exposure {spread.gini:.4f}, at most {settings.max_gini:.4f} tolerated"
    return [(spread.gini > settings.max_gini, sentence)]


def _coverage(spread: Spread, settings: Verdict) -> list[Check]:
    own = spread.coverage
    if own is None or own.serving is None:
        return _unknown("coverage", own, spread.release)
    tolerated = settings.max_coverage_drop
    return [
        (
            own.value < (1 - tolerated) * own.serving,
            f"the judged lists hold {own.value:.2%} of the items, {own.serving:.2%} in {spread.release}: "
            f"tolerated loss {tolerated:.0%}",
        )
    ]


def _arp(spread: Spread, settings: Verdict) -> list[Check]:
    own = spread.arp
    if own is None or own.serving is None:
        return _unknown("popularity", own, spread.release)
    tolerated = settings.max_arp_rise
    return [
        (
            own.low > (1 + tolerated) * own.serving,
            f"a recommended item has a mean of {own.value:,.1f} users, 95% interval {own.low:,.1f} to {own.high:,.1f}, "
            f"against {own.serving:,.1f} in {spread.release}: tolerated rise {tolerated:.0%}",
        )
    ]


def _gaps(spread: Spread, settings: Verdict) -> list[Check]:
    """Return the gaps and the rises that block; of those that do not, the largest."""
    if not spread.gaps:
        return [(False, "group gaps are not judged: no attribute has two groups of enough users")]
    gaps = {name: (gap, gap.low > settings.max_group_gap) for name, gap in spread.gaps.items()}
    checks = [
        (
            blocks,
            f"NDCG of the best and the worst served group by {name} differs by {gap.value:.4f}, 95% interval "
            f"{gap.low:.4f} to {gap.high:.4f}, at most {settings.max_group_gap:.2f} tolerated",
        )
        for name, (gap, blocks) in sorted(gaps.items(), key=lambda entry: -entry[1][0].value)
    ]
    return telling(checks) + telling(_rises(spread, settings))


def _rises(spread: Spread, settings: Verdict) -> list[Check]:
    known = [(gap.value - gap.serving, name, gap) for name, gap in spread.gaps.items() if gap.serving is not None]
    if not known:
        return [(False, f"group gaps are held against nothing: {_why_unknown(spread.release)}")]
    return [
        (
            gap.low - (gap.value - rise) > settings.max_group_gap_rise,
            f"the gap by {name} went from {gap.value - rise:.4f} in {spread.release} to {gap.value:.4f}, "
            f"95% interval {gap.low:.4f} to {gap.high:.4f}: tolerated rise {settings.max_group_gap_rise:.2f}",
        )
        for rise, name, gap in sorted(known, key=lambda entry: (-entry[0], entry[1]))
    ]


def _unknown(name: str, own: Measure | None, release: str | None) -> list[Check]:
    if own is None:
        return [(False, f"{name} is not judged: there are no judged lists")]
    return [(False, f"{name} is held against nothing: {_why_unknown(release)}")]


def _why_unknown(release: str | None) -> str:
    return f"{release} recorded none" if release else "no release serves yet"
