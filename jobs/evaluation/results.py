"""Means and intervals of what was judged, as table rows and as ``metrics.json``."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.contract.settings import Settings
from jobs.contract.tables import EVALUATION_USERS
from jobs.evaluation.bootstrap import bootstrap_interval
from jobs.evaluation.candidate_recall import UNION_SYSTEM
from jobs.evaluation.group_gaps import group_rows
from jobs.evaluation.judge import Judged
from jobs.evaluation.lists import RANKED_SYSTEM
from jobs.evaluation.user_groups import GAP

_MeanRow = tuple[str, str, float, float | None, float | None, int]


@dataclass(frozen=True)
class Recorded:
    """What the lake keeps of an evaluation.

    Attributes:
        means: Rows of the table ``evaluation``.
        users: Rows of the table ``evaluation_users``.
        groups: Rows of the table ``evaluation_groups``.
    """

    means: list[_MeanRow]
    users: pd.DataFrame
    groups: pd.DataFrame


def record(judged: Judged, exposure: dict[str, dict[str, float]], groups: pd.DataFrame, settings: Settings) -> Recorded:
    """Return what the lake keeps.

    Args:
        judged: Metrics of the judged users.
        exposure: System -> metric -> value of its lists as a whole.
        groups: user_id, attribute, group.
        settings: Cut-offs, resamples, seed.
    """
    own, seed = settings.evaluate, settings.split.seed
    return Recorded(
        evaluation_rows(judged, exposure, own.bootstrap, seed),
        user_rows(judged, own.cutoffs[0]),
        group_rows(judged, groups, own, seed),
    )


def headline(recorded: Recorded) -> dict[str, float]:
    """Return the blend's metrics, rounded for reading; empty if nobody was judged."""
    return {metric: round(value, 4) for system, metric, value, *_ in recorded.means if system == RANKED_SYSTEM}


def group_gaps(recorded: Recorded) -> dict[str, dict[str, float]]:
    """Return metric -> attribute -> difference between the best and the worst served group, rounded likewise."""
    gaps: dict[str, dict[str, float]] = {}
    for row in recorded.groups[recorded.groups["group"] == GAP].to_dict("records"):
        gaps.setdefault(row["metric"], {})[row["attribute"]] = round(row["value"], 4)
    return gaps


def evaluation_rows(
    judged: Judged, exposure: dict[str, dict[str, float]], n_resamples: int, seed: int
) -> list[_MeanRow]:
    """Return a row a system and metric, the columns of ``evaluation``; all resampled alike, so rows can be compared.

    Args:
        judged: Metrics that are means over users; each over the users who have a value, whose number is in the row.
        exposure: System -> metric -> value of what is one number for all lists, and so has no interval.
        n_resamples: Resamples of each interval.
        seed: Of the resamples.

    Returns:
        No rows if nobody was judged.
    """
    if not judged.user_ids:
        return []
    names = [(system, metric) for system, metrics in judged.values.items() for metric in metrics]
    values = np.column_stack([judged.values[system][metric] for system, metric in names])
    low, high = bootstrap_interval(values, n_resamples, seed)
    columns = zip(np.nanmean(values, axis=0), low, high, (~np.isnan(values)).sum(axis=0), strict=True)
    means = [
        (*name, float(mean), float(low_end), float(high_end), int(n_users))
        for name, (mean, low_end, high_end, n_users) in zip(names, columns, strict=True)
    ]
    wholes = [
        (system, metric, value, None, None, len(judged.user_ids))
        for system, metrics in exposure.items()
        for metric, value in metrics.items()
    ]
    return [*means, *wholes]


def user_rows(judged: Judged, k: int) -> pd.DataFrame:
    """Return a row a user and system with its NDCG@k, the columns of ``evaluation_users``."""
    frames = [
        pd.DataFrame({"user_id": judged.user_ids, "system": system, "k": k, "ndcg": metrics[f"ndcg@{k}"]})
        for system, metrics in judged.values.items()
        if f"ndcg@{k}" in metrics
    ]
    return pd.concat(frames)[list(EVALUATION_USERS.names)]


def metrics_json(
    protocol: str, rows: pd.DataFrame, groups: pd.DataFrame, report: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return what ``nightshelf evaluate`` writes.

    Args:
        protocol: Its name.
        rows: Of the table ``evaluation``.
        groups: Of the table ``evaluation_groups``.
        report: The stage's report: n_users, n_items, left_out, blend and whatever else is worth keeping.
        seconds: Wall clock of the whole evaluation.

    Returns:
        ``report`` and: "systems" (system -> metric -> value), "ci95" (system -> metric -> [low, high], of the metrics
        that have an interval), "candidate_recall" (system -> {value, ci95, n_users}; here alone stands "union", which
        is no list), "groups" (attribute -> group or "gap" -> {value, ci95, n_users}).
    """
    systems: dict[str, dict[str, float]] = {}
    intervals: dict[str, dict[str, list[float]]] = {}
    recall: dict[str, dict[str, Any]] = {}
    by_group: dict[str, dict[str, Any]] = {}
    for row in rows.to_dict("records"):
        if row["metric"].startswith("candidate_recall@"):
            recall[row["system"]] = _with_interval(row)
        if row["system"] == UNION_SYSTEM:
            continue
        systems.setdefault(row["system"], {})[row["metric"]] = row["value"]
        if not pd.isna(row["ci_low"]):
            intervals.setdefault(row["system"], {})[row["metric"]] = [row["ci_low"], row["ci_high"]]
    for row in groups.to_dict("records"):
        by_group.setdefault(row["attribute"], {})[row["group"]] = _with_interval(row)
    return {
        "protocol": protocol,
        **report,
        "systems": systems,
        "ci95": intervals,
        "candidate_recall": recall,
        "groups": by_group,
        "seconds": round(seconds, 1),
    }


def _with_interval(row: dict[Any, Any]) -> dict[str, Any]:
    return {"value": row["value"], "ci95": [row["ci_low"], row["ci_high"]], "n_users": int(row["n_users"])}
