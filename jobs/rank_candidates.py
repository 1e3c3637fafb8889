"""Choose the ranker on validation and rank every user's candidates with it.

Cost: the choice is made on a bounded sample; ranking is one shuffle of the candidates by user.
"""

from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.build import BUILDERS
from jobs.candidates.users import held_out_users, sample_users
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID, Fold, Part
from jobs.interactions.aggregate import liked_pairs, merge_parts
from jobs.interactions.folds import trained_on
from jobs.ranking.block import ORDER, build_block
from jobs.ranking.choose import MIN_USERS, choose_ranker
from jobs.ranking.lists import Lister, ranked_lists, with_user_statistics
from jobs.ranking.ranker import Ranker, equal_ranker
from jobs.ranking.statistics import ItemStatistics, item_statistics, user_statistics

READS = ("candidates", "interactions")
WRITES = ("ranked",)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``ranked`` and report the ranker and what it reached on validation."""
    settings = run.settings
    candidates = spark_io.read(spark, run, tables.CANDIDATES)
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    rows, items = {}, {}
    for fold in Fold:
        trained = merge_parts(parted, trained_on(fold, settings.split)).persist()
        rows[fold] = with_user_statistics(candidates.where(F.col(FOLD) == fold.value), user_statistics(trained))
        items[fold] = item_statistics(trained)
    ranker = choose(rows[Fold.BACKTEST], items[Fold.BACKTEST], parted, run)
    bits = {source: bit for bit, source in enumerate(settings.candidates.sources)}
    reasons = {source: reason for source, (_, reason, _) in BUILDERS.items()}
    lists = [
        ranked_lists(rows[fold], Lister(ranker, items[fold], bits, reasons, settings.rank.k)).select(
            F.lit(fold.value).alias(FOLD), "*"
        )
        for fold in Fold
    ]
    n_lists = spark_io.write(reduce(DataFrame.unionByName, lists), run, tables.RANKED)
    return {"lists": n_lists, **ranker.report()}


def choose(rows: DataFrame, items: ItemStatistics, parted: DataFrame, run: Run) -> Ranker:
    """Return the ranker that does best on the backtest's validation; equal weights on too few users.

    Args:
        rows: Candidates of the backtest, with user statistics.
        items: Of the backtest's training interactions.
        parted: Rows of ``interactions``.
        run: Its settings, and what generate_candidates reported.
    """
    settings = run.settings
    held = liked_pairs(parted, Part.VALIDATION)
    scored = held_out_users(parted, Fold.BACKTEST, settings)
    users = sample_users(
        held.select(USER_ID).distinct().join(scored, on=USER_ID, how="left_semi"),
        settings.rank.max_validation_users,
        settings.split.seed,
    )
    targets: dict[str, set[str]] = {}
    for user_id, item_id in held.join(users, on=USER_ID, how="left_semi").collect():
        targets.setdefault(user_id, set()).add(item_id)
    generated = run.report("generate_candidates")[Fold.BACKTEST.value]
    modes = seen_modes(settings.rank.seen, generated["with_seen"])
    if len(targets) < MIN_USERS:
        return equal_ranker(generated["sources"], modes[-1], f"fewer than {MIN_USERS} validation users")
    sampled = rows.join(users, on=USER_ID, how="left_semi").orderBy(*ORDER).toArrow()
    k = settings.evaluate.cutoffs[0]
    found = [
        choose_ranker(
            build_block(sampled, generated["sources"], keep_seen),
            targets,
            items,
            equal_ranker(generated["sources"], keep_seen, ""),
            settings.ranker,
            k,
        )
        for keep_seen in modes
    ]
    return max(found, key=lambda ranker: ranker.validation["ndcg"])


def seen_modes(seen: str, with_seen: bool) -> list[bool]:
    """Return which ways of treating seen items compete: those that the setting and the candidates leave open."""
    if seen == "auto":
        return [False, True] if with_seen else [False]
    return [seen == "keep" and with_seen]


if __name__ == "__main__":
    from jobs.stage import main

    main("rank_candidates")
