"""Judge the backtest's lists on the held-out events, with intervals, and say whether the release may be announced.

Cost: one join of lists and targets, and a few passes over the judged users' lists and candidates; a row a judged user
and system is collected (at most ``evaluate.max_users``). Memory beside it: an embedding a recommended item.
"""

from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.users import held_out_users
from jobs.contract import tables
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID, Fold
from jobs.evaluation.beyond_accuracy import Material, beyond_accuracy
from jobs.evaluation.judge import Judged, judge
from jobs.evaluation.lists import RANKED_SYSTEM, lists_of, source_system
from jobs.evaluation.night_verdict import verdict
from jobs.evaluation.results import headline, record
from jobs.evaluation.targets import targets
from jobs.evaluation.user_groups import user_groups
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import judged_fold, trained_on
from jobs.ranking.competing import comparable

READS = ("ranked", "ranked_variants", "candidates", "interactions", "item_embeddings", "validated_users", "CURRENT")
WRITES = ("evaluation", "evaluation_users", "evaluation_groups")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the three tables of the evaluation; report the headline, what was left out, and the verdict.

    Raises:
        DatasetError: If a protocol has nobody to judge; a night then says so in its verdict.
    """
    settings = run.settings
    ranked, parted = spark_io.read(spark, run, tables.RANKED), spark_io.read(spark, run, tables.INTERACTIONS)
    held, left_out = targets(parted, settings.split)
    scored = held_out_users(parted, judged_fold(settings.split), settings)
    wanted = held.join(scored, on=USER_ID, how="left_semi").persist()
    trained = merge_parts(parted, trained_on(judged_fold(settings.split), settings.split)).persist()
    judged, exposure = _judge(spark, run, ranked, wanted, trained)
    if not judged.user_ids and settings.split.protocol != "night":
        raise DatasetError(f"Nothing to judge: no user has a test item that counts (left out: {left_out}).")
    groups = user_groups(spark_io.read(spark, run, tables.VALIDATED_USERS), trained, wanted.select(USER_ID).distinct())
    recorded = record(judged, exposure, groups, settings)
    spark_io.write(spark.createDataFrame(recorded.means, tables.EVALUATION.ddl), run, tables.EVALUATION)
    spark_io.write(spark.createDataFrame(recorded.users, tables.EVALUATION_USERS.ddl), run, tables.EVALUATION_USERS)
    spark_io.write(spark.createDataFrame(recorded.groups, tables.EVALUATION_GROUPS.ddl), run, tables.EVALUATION_GROUPS)
    return {
        "protocol": settings.split.protocol,
        "n_users": len(judged.user_ids),
        "n_items": run.report("generate_candidates")[Fold.FINAL.value]["eligible_items"],
        "left_out": left_out,
        "headline": headline(judged),
        "verdict": verdict(run, ranked, judged, recorded) if settings.split.protocol == "night" else None,
    }


def _judge(
    spark: SparkSession, run: Run, ranked: DataFrame, wanted: DataFrame, trained: DataFrame
) -> tuple[Judged, dict[str, dict[str, float]]]:
    """Return every system's metrics a user, and the exposure of every system's lists."""
    settings = run.settings
    fold, ks = judged_fold(settings.split), list(settings.evaluate.cutoffs)
    generated = run.report("generate_candidates")[fold.value]
    chosen = run.report("rank_candidates")
    keep_seen = chosen["keep_seen"]
    candidates = spark_io.read(spark, run, tables.CANDIDATES)
    users = wanted.select(USER_ID).distinct()
    variants = spark_io.read(spark, run, tables.RANKED_VARIANTS)
    lists = (
        lists_of(ranked, variants, candidates, fold, keep_seen, max(ks))
        .join(users, on=USER_ID, how="left_semi")
        .persist()
    )
    judged = judge(lists, wanted, [RANKED_SYSTEM, *chosen["variants"], *map(source_system, generated["sources"])], ks)
    if not judged.user_ids:
        return judged, {}
    material = Material(
        lists=lists,
        competing=comparable(candidates.where(F.col(FOLD) == fold.value), keep_seen),
        targets=wanted,
        liked=trained.where(F.col("weight") > 0),
        embeddings=spark_io.read(spark, run, tables.ITEM_EMBEDDINGS),
        n_eligible=generated["eligible_items"],
    )
    return beyond_accuracy(judged, material, generated["sources"], ks, settings.candidates.per_source)


if __name__ == "__main__":
    from jobs.stage import main

    main("evaluate")
