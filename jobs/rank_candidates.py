"""Choose the ranker on validation, rank every user's candidates with it, and let the rules have their say.

Cost: the choice is made on a bounded sample; ranking is one shuffle of the candidates by user. Item statistics, and
what the rules need of items, are collected.
"""

from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.users import held_out_users
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID, Fold
from jobs.interactions.folds import judged_fold
from jobs.ranking.choose import choose_ranker
from jobs.ranking.fold import open_fold, variants
from jobs.ranking.lists import ranked_lists, variant_lists
from jobs.ranking.rules.idle import remarks
from jobs.ranking.validation import gather_validation, seen_modes

READS = (
    "candidates",
    "interactions",
    "validated_items",
    "validated_graph",
    "validated_item_links",
    "item_embeddings",
)
WRITES = ("ranked", "ranked_variants")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``ranked`` and ``ranked_variants``; report the ranker, what it reached on validation, and idle rules."""
    settings = run.settings
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    folds = {fold: open_fold(spark, run, fold, parted) for fold in Fold}
    backtest, judged = folds[Fold.BACKTEST], judged_fold(settings.split)
    generated = run.report("generate_candidates")[Fold.BACKTEST.value]
    validation = gather_validation(backtest.rows, backtest.items, parted, settings)
    # Without enough users to choose on, what the user met comes last: it is kept where it may be.
    modes = reversed(seen_modes(settings.rank.seen, generated["with_seen"]))
    found = [choose_ranker(validation, generated["sources"], keep_seen) for keep_seen in modes]
    ranker = max(found, key=lambda found: found.validation.get("ndcg", 0.0))
    lists = {fold: ranked_lists(opened.rows, opened.lister(ranker, run)) for fold, opened in folds.items()}
    n_lists = _write(lists, run, tables.RANKED)
    others = variants(folds[judged], ranker, validation, run)
    users = held_out_users(parted, judged, settings)
    rows = folds[judged].rows.join(users, on=USER_ID, how="left_semi")
    shown = variant_lists(rows, others) if others else spark.createDataFrame([], tables.RANKED_VARIANTS.ddl).drop(FOLD)
    _write({judged: shown}, run, tables.RANKED_VARIANTS)
    rules = {
        "rules": list(backtest.book.active),
        "remarks": remarks(settings.rules, backtest.book.catalogue, settings.rank.k),
    }
    return {"lists": n_lists, **ranker.report(), **rules, "variants": list(others)}


def _write(frames: dict[Fold, DataFrame], run: Run, table: tables.Table) -> int:
    marked = [frame.select(F.lit(fold.value).alias(FOLD), "*") for fold, frame in frames.items()]
    return spark_io.write(reduce(DataFrame.unionByName, marked), run, table)


if __name__ == "__main__":
    from jobs.stage import main

    main("rank_candidates")
