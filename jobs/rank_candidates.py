"""Choose the blend on validation and rank every user's candidates with it.

Cost: the choice is made on a bounded sample; ranking is one shuffle of the candidates by user.
"""

from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.build import REASONS
from jobs.candidates.users import held_out_users, sample_users
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, ITEM_ID, USER_ID, Fold, Part
from jobs.interactions.aggregate import liked_pairs
from jobs.ranking.blend import Blend, comparable, ranked_lists
from jobs.ranking.choose import MIN_USERS, build_cases, choose_weights, equal_blend

READS = ("candidates", "interactions")
WRITES = ("ranked",)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``ranked`` and report the blend and what it reached on validation."""
    settings = run.settings
    candidates = spark_io.read(spark, run, tables.CANDIDATES)
    blend = choose_blend(candidates, spark_io.read(spark, run, tables.INTERACTIONS), run)
    bits = {source: bit for bit, source in enumerate(settings.candidates.sources)}
    n_lists = spark_io.write(ranked_lists(candidates, blend, bits, REASONS, settings.rank.k), run, tables.RANKED)
    return {"lists": n_lists, "weights": blend.weights, "keep_seen": blend.keep_seen, "validation": blend.validation}


def choose_blend(candidates: DataFrame, parted: DataFrame, run: Run) -> Blend:
    """Return the blend of the best NDCG on validation, seen items in or out; equal weights on too few users."""
    settings = run.settings
    held = liked_pairs(parted, Part.VALIDATION)
    scored = held_out_users(parted, Fold.BACKTEST, settings)
    users = sample_users(
        held.select(USER_ID).distinct().join(scored, on=USER_ID, how="left_semi"),
        settings.rank.max_validation_users,
        settings.split.seed,
    )
    targets = held.join(users, on=USER_ID, how="left_semi").toPandas()
    generated = run.report("generate_candidates")[Fold.BACKTEST.value]
    modes = _modes(settings.rank.seen, generated["with_seen"])
    if targets[USER_ID].nunique() < MIN_USERS:
        return equal_blend(generated["sources"], modes[-1], f"fewer than {MIN_USERS} validation users")
    sampled = candidates.where(F.col(FOLD) == Fold.BACKTEST.value).join(users, on=USER_ID, how="left_semi")
    found = [
        _best_blend(sampled, targets, generated["sources"], keep_seen, settings.evaluate.cutoffs[0])
        for keep_seen in modes
    ]
    return max(found, key=lambda blend: blend.validation["ndcg"])


def _modes(seen: str, with_seen: bool) -> list[bool]:
    """Return which ways of treating seen items compete: those that the setting and the candidates leave open."""
    if seen == "auto":
        return [False, True] if with_seen else [False]
    return [seen == "keep" and with_seen]


def _best_blend(candidates: DataFrame, targets: Any, sources: list[str], keep_seen: bool, k: int) -> Blend:  # noqa: ANN401
    competing = comparable(candidates, keep_seen).select(USER_ID, ITEM_ID, "source", "source_rank")
    cases = build_cases(competing.toPandas(), targets, sources)
    weights, ndcg = choose_weights(cases, k)
    by_source = {source: round(float(weight), 4) for source, weight in zip(sources, weights, strict=True)}
    return Blend(by_source, keep_seen, {"chosen": True, "ndcg": ndcg, "users": len(cases.n_targets)})


if __name__ == "__main__":
    from jobs.stage import main

    main("rank_candidates")
