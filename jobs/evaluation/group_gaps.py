"""How well the lists serve each group of users, and how far the best and the worst served lie apart."""

import numpy as np
import pandas as pd

from jobs.contract.settings import Evaluate
from jobs.contract.tables import EVALUATION_GROUPS, USER_ID
from jobs.evaluation.bootstrap import bootstrap_interval, gap_interval
from jobs.evaluation.judge import Judged
from jobs.evaluation.lists import RANKED_SYSTEM
from jobs.evaluation.metrics import FloatArray
from jobs.evaluation.user_groups import GAP


def group_rows(judged: Judged, groups: pd.DataFrame, settings: Evaluate, seed: int) -> pd.DataFrame:
    """Return rows of ``evaluation_groups``: the blend's NDCG at the first cut-off by group, and each attribute's gap.

    The gap is the largest group mean less the smallest, of groups of at least ``evaluate.min_group`` users; with fewer
    than two such groups an attribute has none. Its interval resamples users within the two groups; that they are
    the extremes of several is not corrected for, so it leans towards a gap where there are many groups.

    Args:
        judged: Metrics of the judged users.
        groups: user_id, attribute, group.
        settings: Cut-offs, resamples and the least group.
        seed: Of the resamples.
    """
    metric = f"ndcg@{settings.cutoffs[0]}"
    by_user = pd.Series(judged.values[RANKED_SYSTEM][metric], index=judged.user_ids)
    valued = groups.assign(value=groups[USER_ID].map(by_user)).dropna(subset=["value"])
    rows: list[tuple[object, ...]] = []
    for attribute, own in valued.groupby("attribute"):
        members = {str(group): part["value"].to_numpy(np.float64) for group, part in own.groupby("group")}
        for group, values in members.items():
            low, high = (float(end[0]) for end in bootstrap_interval(values[:, None], settings.bootstrap, seed))
            rows.append((str(attribute), group, RANKED_SYSTEM, metric, float(values.mean()), low, high, len(values)))
        large = [values for values in members.values() if len(values) >= settings.min_group]
        if len(large) > 1:
            rows.append((str(attribute), GAP, RANKED_SYSTEM, metric, *_gap(large, settings.bootstrap, seed)))
    return pd.DataFrame(rows, columns=list(EVALUATION_GROUPS.names))


def _gap(groups: list[FloatArray], n_resamples: int, seed: int) -> tuple[float, float, float, int]:
    """Return the gap, its interval, and how many users the two groups have."""
    ordered = sorted(groups, key=lambda values: float(values.mean()))
    worst, best = ordered[0], ordered[-1]
    low, high = gap_interval(best, worst, n_resamples, seed)
    return float(best.mean() - worst.mean()), low, high, len(best) + len(worst)
