"""Means and intervals of what was judged, as table rows and as ``metrics.json``."""

from typing import Any

import numpy as np
import pandas as pd

from jobs.contract.tables import EVALUATION, EVALUATION_USERS
from jobs.evaluation.bootstrap import bootstrap_interval
from jobs.evaluation.judge import Judged
from jobs.evaluation.lists import RANKED_SYSTEM


def headline(judged: Judged) -> dict[str, float]:
    """Return the blend's mean metrics, rounded for reading; empty if nobody was judged."""
    if not judged.user_ids:
        return {}
    return {name: round(float(values.mean()), 4) for name, values in judged.values[RANKED_SYSTEM].items()}


def evaluation_rows(judged: Judged, n_resamples: int, seed: int) -> pd.DataFrame:
    """Return a row a system and metric, the columns of ``evaluation``; all resampled alike, so rows can be compared.

    No rows if nobody was judged.
    """
    if not judged.user_ids:
        return pd.DataFrame(columns=list(EVALUATION.names))
    names = [(system, metric) for system, metrics in judged.values.items() for metric in metrics]
    values = np.column_stack([judged.values[system][metric] for system, metric in names])
    low, high = bootstrap_interval(values, n_resamples, seed)
    rows = [
        (system, metric, mean, low_end, high_end, len(values))
        for (system, metric), mean, low_end, high_end in zip(names, values.mean(axis=0), low, high, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(EVALUATION.names))


def user_rows(judged: Judged, k: int) -> pd.DataFrame:
    """Return a row a user and system with its NDCG@k, the columns of ``evaluation_users``."""
    frames = [
        pd.DataFrame({"user_id": judged.user_ids, "system": system, "k": k, "ndcg": metrics[f"ndcg@{k}"]})
        for system, metrics in judged.values.items()
    ]
    return pd.concat(frames)[list(EVALUATION_USERS.names)]


def metrics_json(protocol: str, rows: pd.DataFrame, report: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return what ``nightshelf evaluate`` writes.

    Args:
        protocol: Its name.
        rows: From ``evaluation_rows``.
        report: The stage's report: n_users, n_items, left_out, blend and whatever else is worth keeping.
        seconds: Wall clock of the whole evaluation.
    """
    systems: dict[str, dict[str, float]] = {}
    intervals: dict[str, dict[str, list[float]]] = {}
    for row in rows.to_dict("records"):
        systems.setdefault(row["system"], {})[row["metric"]] = row["value"]
        intervals.setdefault(row["system"], {})[row["metric"]] = [row["ci_low"], row["ci_high"]]
    return {"protocol": protocol, **report, "systems": systems, "ci95": intervals, "seconds": round(seconds, 1)}
