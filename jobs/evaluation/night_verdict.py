"""What the verdict is given on: the judged lists, their rivals on the same users, and what the release reaches."""

from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.run import Run
from jobs.contract.tables import EVALUATION, FOLD, Fold
from jobs.evaluation.drift_checks import drift_checks
from jobs.evaluation.earlier_nights import EarlierNight
from jobs.evaluation.exposure import gini_within_reach
from jobs.evaluation.judge import Judged
from jobs.evaluation.lists import RANKED_SYSTEM, source_system
from jobs.evaluation.results import Recorded
from jobs.evaluation.serving_release import ServingRelease, serving_release
from jobs.evaluation.spread_checks import Measure, Spread, spread_checks
from jobs.evaluation.user_groups import GAP
from jobs.evaluation.verdict import Check, Comparison, Shape, give_verdict


def verdict(
    run: Run, ranked: DataFrame, judged: Judged, recorded: Recorded, earlier: list[EarlierNight]
) -> dict[str, Any]:
    """Return {"publish", "reasons"} for the night's lists.

    Args:
        run: The night.
        ranked: Rows of ``ranked``.
        judged: Metrics of the backtest; without any user only the release's size and coverage can speak.
        recorded: What the lake keeps of them.
        earlier: Nights before this one.
    """
    settings = run.settings
    k = settings.evaluate.cutoffs[0]
    serving = serving_release(run.home, k)
    given = give_verdict(
        _comparisons(run, judged, serving, f"ndcg@{k}") if judged.user_ids else [],
        _shape(run, ranked, serving, k),
        settings.verdict,
        settings.split.seed,
        settings.evaluate.bootstrap,
        [*_unheld(judged), *_further(run, recorded, serving, earlier, k)] if judged.user_ids else (),
    )
    if not judged.user_ids:
        unjudged = "accuracy is not judged: no user has enough events to hold any out"
        return {**given, "reasons": [unjudged, *given["reasons"]]}
    return given


def _unheld(judged: Judged) -> list[Check]:
    """Say what accuracy was not held against: a gate left out in silence would pass for one that was passed."""
    if source_system("popular") in judged.values:
        return []
    return [(False, "accuracy is not held against the popular list, which is no source tonight")]


def _further(
    run: Run, recorded: Recorded, serving: ServingRelease | None, earlier: list[EarlierNight], k: int
) -> list[Check]:
    spread = _spread(run, recorded, serving, k)
    reached = {metric: _measure(row, None) for metric, row in _own_rows(recorded).items()}
    drift = drift_checks(reached, spread.gaps, earlier, k, run.settings.verdict)
    return spread_checks(spread, run.settings.verdict) + drift


def _own_rows(recorded: Recorded) -> dict[str, dict[Any, Any]]:
    """Return the ranked lists' rows of ``evaluation`` by metric."""
    rows = pd.DataFrame(recorded.means, columns=list(EVALUATION.names))
    return {row["metric"]: row for row in rows[rows["system"] == RANKED_SYSTEM].to_dict("records")}


def _spread(run: Run, recorded: Recorded, serving: ServingRelease | None, k: int) -> Spread:
    own = _own_rows(recorded)
    gaps = recorded.groups[recorded.groups["group"] == GAP].to_dict("records")
    gini = own.get(f"gini@{k}")
    n_eligible = run.report("generate_candidates")[Fold.BACKTEST.value]["eligible_items"]
    reachable = max(1, min(n_eligible, gini["n_users"] * k)) if gini else 1

    def measure(metric: str) -> Measure | None:
        return _measure(own[metric], serving.metrics.get(metric) if serving else None) if metric in own else None

    return Spread(
        release=f"release {serving.release_id}" if serving else None,
        coverage=measure(f"coverage@{k}"),
        gini=gini_within_reach(gini["value"], n_eligible, reachable) if gini else None,
        arp=measure(f"arp@{k}"),
        gaps={
            row["attribute"]: Measure(
                row["value"], row["ci_low"], row["ci_high"], serving.gaps.get(row["attribute"]) if serving else None
            )
            for row in gaps
        },
    )


def _measure(row: dict[Any, Any], serving: float | None) -> Measure:
    low, high = (row["value"] if pd.isna(row[end]) else row[end] for end in ("ci_low", "ci_high"))
    return Measure(row["value"], low, high, serving)


def _comparisons(run: Run, judged: Judged, serving: ServingRelease | None, metric: str) -> list[Comparison]:
    tolerated = run.settings.verdict
    own = judged.values[RANKED_SYSTEM][metric]
    found = []
    popular = judged.values.get(source_system("popular"))
    if popular:
        found.append(Comparison("the popular list", own, popular[metric], tolerated.max_popularity_loss))
    both = [row for row, user_id in enumerate(judged.user_ids) if serving and user_id in serving.ndcg]
    if serving and both:
        theirs = np.array([serving.ndcg[judged.user_ids[row]] for row in both])
        found.append(Comparison(f"release {serving.release_id}", own[both], theirs, tolerated.max_ndcg_drop))
    return found


def _shape(run: Run, ranked: DataFrame, serving: ServingRelease | None, k: int) -> Shape:
    final = ranked.where(F.col(FOLD) == Fold.FINAL.value)
    generated = run.report("generate_candidates")[Fold.FINAL.value]
    n_users = final.count()
    n_reached = final.select(F.explode(F.slice("item_ids", 1, k))).distinct().count()
    return Shape(
        users=n_users,
        items=generated["items"],
        coverage=n_reached / max(1, min(generated["eligible_items"], n_users * k)),
        current_users=serving.users if serving else None,
        current_items=serving.items if serving else None,
    )
