"""Judge the backtest's lists on the held-out events, with intervals, and say whether the release may be announced.

Cost: one join of lists and targets; a row a judged user and system is collected (at most ``evaluate.max_users``).
"""

from typing import Any

from pyspark.sql import DataFrame, SparkSession

from jobs import spark_io
from jobs.candidates.users import held_out_users
from jobs.contract import tables
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import USER_ID, Fold
from jobs.evaluation.judge import Judged, judge
from jobs.evaluation.lists import RANKED_SYSTEM, lists_of, source_system
from jobs.evaluation.night_verdict import verdict
from jobs.evaluation.results import evaluation_rows, headline, user_rows
from jobs.evaluation.targets import targets
from jobs.interactions.folds import judged_fold

READS = ("ranked", "candidates", "interactions", "CURRENT")
WRITES = ("evaluation", "evaluation_users")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``evaluation`` and ``evaluation_users``; report the headline, what was left out, and the verdict.

    Raises:
        DatasetError: If a protocol has nobody to judge; a night then says so in its verdict.
    """
    settings = run.settings
    ranked = spark_io.read(spark, run, tables.RANKED)
    parted = spark_io.read(spark, run, tables.INTERACTIONS)
    held, left_out = targets(parted, settings.split)
    scored = held_out_users(parted, judged_fold(settings.split), settings)
    judged = _judge(spark, run, ranked, held.join(scored, on=USER_ID, how="left_semi"))
    if not judged.user_ids and settings.split.protocol != "night":
        raise DatasetError(f"Nothing to judge: no user has a test item that counts (left out: {left_out}).")
    _write(spark, run, judged)
    return {
        "protocol": settings.split.protocol,
        "n_users": len(judged.user_ids),
        "n_items": run.report("generate_candidates")[Fold.FINAL.value]["eligible_items"],
        "left_out": left_out,
        "headline": headline(judged),
        "verdict": verdict(run, ranked, judged) if settings.split.protocol == "night" else None,
    }


def _write(spark: SparkSession, run: Run, judged: Judged) -> None:
    settings = run.settings
    rows = evaluation_rows(judged, settings.evaluate.bootstrap, settings.split.seed)
    spark_io.write(spark.createDataFrame(rows, tables.EVALUATION.ddl), run, tables.EVALUATION)
    per_user = user_rows(judged, settings.evaluate.cutoffs[0])
    spark_io.write(spark.createDataFrame(per_user, tables.EVALUATION_USERS.ddl), run, tables.EVALUATION_USERS)


def _judge(spark: SparkSession, run: Run, ranked: DataFrame, held: DataFrame) -> Judged:
    settings = run.settings
    fold = judged_fold(settings.split)
    sources = run.report("generate_candidates")[fold.value]["sources"]
    ks = list(settings.evaluate.cutoffs)
    keep_seen = run.report("rank_candidates")["keep_seen"]
    lists = lists_of(ranked, spark_io.read(spark, run, tables.CANDIDATES), fold, keep_seen, max(ks))
    return judge(lists, held, [RANKED_SYSTEM, *map(source_system, sources)], ks)


if __name__ == "__main__":
    from jobs.stage import main

    main("evaluate")
