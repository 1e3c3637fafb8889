"""Judge the backtest's lists on the held-out events, with intervals, and say whether the release may be announced.

Cost: one join of lists and targets; a row a judged user and system is collected (at most ``evaluate.max_users``).
"""

from typing import Any

import numpy as np
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812

from jobs import spark_io
from jobs.candidates.users import sample_users
from jobs.contract import tables
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID, Fold
from jobs.evaluation.judge import Judged, judge
from jobs.evaluation.lists import RANKED_SYSTEM, lists_of, source_system
from jobs.evaluation.results import evaluation_rows, user_rows
from jobs.evaluation.serving_release import serving_release
from jobs.evaluation.targets import targets
from jobs.evaluation.verdict import Comparison, Shape, give_verdict
from jobs.interactions.folds import judged_fold

READS = ("ranked", "candidates", "interactions", "CURRENT")
WRITES = ("evaluation", "evaluation_users")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``evaluation`` and ``evaluation_users``; report the headline, what was left out, and the verdict.

    Raises:
        DatasetError: If no user has anything held out to be judged on.
    """
    settings = run.settings
    ranked = spark_io.read(spark, run, tables.RANKED)
    held, left_out = targets(spark_io.read(spark, run, tables.INTERACTIONS), settings.split)
    users = sample_users(held.select(USER_ID).distinct(), settings.evaluate.max_users, settings.split.seed)
    judged = _judge(spark, run, ranked, held.join(users, on=USER_ID, how="left_semi"))
    if not judged.user_ids:
        raise DatasetError(f"Nothing to judge: no user has a test item that counts (left out: {left_out}).")

    rows = evaluation_rows(judged, settings.evaluate.bootstrap, settings.split.seed)
    spark_io.write(spark.createDataFrame(rows, tables.EVALUATION.ddl), run, tables.EVALUATION)
    per_user = user_rows(judged, f"ndcg@{settings.evaluate.cutoffs[0]}")
    spark_io.write(spark.createDataFrame(per_user, tables.EVALUATION_USERS.ddl), run, tables.EVALUATION_USERS)
    return {
        "protocol": settings.split.protocol,
        "n_users": len(judged.user_ids),
        "n_items": run.report("generate_candidates")[Fold.FINAL.value]["eligible_items"],
        "left_out": left_out,
        "headline": {name: round(float(v.mean()), 4) for name, v in judged.values[RANKED_SYSTEM].items()},
        "verdict": _verdict(run, ranked, judged) if settings.split.protocol == "night" else None,
    }


def _judge(spark: SparkSession, run: Run, ranked: DataFrame, held: DataFrame) -> Judged:
    settings = run.settings
    fold = judged_fold(settings.split)
    sources = run.report("generate_candidates")[fold.value]["sources"]
    ks = list(settings.evaluate.cutoffs)
    keep_seen = run.report("rank_candidates")["keep_seen"]
    lists = lists_of(ranked, spark_io.read(spark, run, tables.CANDIDATES), fold, keep_seen, max(ks))
    return judge(lists, held, [RANKED_SYSTEM, *map(source_system, sources)], ks)


def _verdict(run: Run, ranked: DataFrame, judged: Judged) -> dict[str, Any]:
    settings = run.settings
    metric = f"ndcg@{settings.evaluate.cutoffs[0]}"
    own = judged.values[RANKED_SYSTEM][metric]
    comparisons = []
    popular = judged.values.get(source_system("popular"))
    if popular:
        comparisons.append(Comparison("the popular list", own, popular[metric], settings.verdict.max_popularity_loss))
    serving = serving_release(run.home)
    if serving:
        both = [row for row, user_id in enumerate(judged.user_ids) if user_id in serving.ndcg]
        theirs = np.array([serving.ndcg[judged.user_ids[row]] for row in both])
        if both:
            rival = f"release {serving.release_id}"
            comparisons.append(Comparison(rival, own[both], theirs, settings.verdict.max_ndcg_drop))
    final = ranked.where(F.col(FOLD) == Fold.FINAL.value)
    generated = run.report("generate_candidates")[Fold.FINAL.value]
    top = final.select(F.explode(F.slice("item_ids", 1, settings.evaluate.cutoffs[0])).alias("item_id"))
    shape = Shape(
        users=final.count(),
        items=generated["items"],
        coverage=top.distinct().count() / max(1, generated["eligible_items"]),
        current_users=serving.users if serving else None,
        current_items=serving.items if serving else None,
    )
    return give_verdict(comparisons, shape, settings.verdict, settings.split.seed, settings.evaluate.bootstrap)


if __name__ == "__main__":
    from jobs.stage import main

    main("evaluate")
