"""All lists of a run's judged fold, gathered from its tables and judged."""

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.catalogue import catalogue
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID
from jobs.evaluation.baselines import baseline_lists, baseline_systems
from jobs.evaluation.beyond_accuracy import Material, beyond_accuracy
from jobs.evaluation.judge import Judged, judge
from jobs.evaluation.lists import RANKED_SYSTEM, lists_of, source_system
from jobs.interactions.folds import judged_fold
from jobs.ranking.competing import comparable


def judge_run(
    spark: SparkSession, run: Run, parted: DataFrame, wanted: DataFrame, trained: DataFrame
) -> tuple[Judged, dict[str, dict[str, float]]]:
    """Return every system's metrics a user, and the exposure of every system's lists.

    Baselines are judged by accuracy alone: what random lists hold is the whole catalogue, whose embeddings would have
    to be broadcast to say how unlike its items are.

    Args:
        spark: The session.
        run: Ranked.
        parted: Rows of ``interactions``.
        wanted: user_id, item_id: what the judged users' lists are held against.
        trained: The judged fold's training interactions, a row a user and item.
    """
    settings = run.settings
    fold, ks = judged_fold(settings.split), list(settings.evaluate.cutoffs)
    generated = run.report("generate_candidates")[fold.value]
    chosen = run.report("rank_candidates")
    keep_seen = chosen["keep_seen"]
    candidates = spark_io.read(spark, run, tables.CANDIDATES)
    ranked, variants = (spark_io.read(spark, run, table) for table in (tables.RANKED, tables.RANKED_VARIANTS))
    users = wanted.select(USER_ID).distinct().persist()
    lists = (
        lists_of(ranked, variants, candidates, fold, keep_seen, max(ks))
        .join(users, on=USER_ID, how="left_semi")
        .persist()
    )
    as_of = datetime.fromisoformat(run.report("validate")["as_of"])
    items = catalogue(spark_io.read(spark, run, tables.VALIDATED_ITEMS), parted, fold, settings.split, as_of)
    baselines = baseline_lists(users, None if keep_seen else trained, items, settings.split, max(ks))
    systems = [RANKED_SYSTEM, *chosen["variants"], *map(source_system, generated["sources"])]
    judged = judge(lists.unionByName(baselines), wanted, [*systems, *baseline_systems(settings.split)], ks)
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
