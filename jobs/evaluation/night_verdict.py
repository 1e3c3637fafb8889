"""What the verdict is given on: the judged lists, their rivals on the same users, and what the release reaches."""

from typing import Any

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.run import Run
from jobs.contract.tables import FOLD, Fold
from jobs.evaluation.judge import Judged
from jobs.evaluation.lists import RANKED_SYSTEM, source_system
from jobs.evaluation.serving_release import ServingRelease, serving_release
from jobs.evaluation.verdict import Comparison, Shape, give_verdict


def verdict(run: Run, ranked: DataFrame, judged: Judged) -> dict[str, Any]:
    """Return {"publish", "reasons"} for the night's lists.

    Args:
        run: The night.
        ranked: Rows of ``ranked``.
        judged: Metrics of the backtest; without any user only the release's size and coverage can speak.
    """
    settings = run.settings
    k = settings.evaluate.cutoffs[0]
    serving = serving_release(run.home, k)
    comparisons = _comparisons(run, judged, serving, f"ndcg@{k}") if judged.user_ids else []
    given = give_verdict(
        comparisons, _shape(run, ranked, serving, k), settings.verdict, settings.split.seed, settings.evaluate.bootstrap
    )
    if not judged.user_ids:
        unjudged = "accuracy is not judged: no user has enough events to hold any out"
        return {**given, "reasons": [unjudged, *given["reasons"]]}
    return given


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
