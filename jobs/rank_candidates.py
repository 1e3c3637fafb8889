"""Choose the ranker on validation, rank every user's candidates with it, and let the rules have their say.

Cost: the choice is made on a bounded sample; ranking is one shuffle of the candidates by user. Item statistics, and
what the rules need of items, are collected.
"""

from dataclasses import replace
from typing import Any

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.candidates.sources.graph import item_entities
from jobs.candidates.users import held_out_users
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import USER_ID, Fold
from jobs.interactions.folds import judged_fold
from jobs.ranking.choose import choose_ranker
from jobs.ranking.fold import open_fold, variants
from jobs.ranking.lists import ranked_lists, variant_lists
from jobs.ranking.relations import Relations, item_relations
from jobs.ranking.rules.idle import remarks
from jobs.ranking.validation import gathered_validation, seen_modes

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
    generated = run.report("generate_candidates")
    sources = sources_of_both(generated)
    scratch = run.folder / "rank_candidates-validation"
    with gathered_validation(backtest.rows, backtest.items, parted, settings, scratch) as validation:
        # Without enough users to choose on, what the user met comes last: it is kept where it may be.
        modes = reversed(seen_modes(settings.rank.seen, generated[Fold.BACKTEST.value]["with_seen"]))
        found = [choose_ranker(validation, sources, keep_seen) for keep_seen in modes]
        ranker = max(found, key=lambda found: found.validation.get("ndcg", 0.0))
        users = held_out_users(parted, judged, settings).persist()
        others = variants(folds[judged], ranker, validation, run, users.count())
    relations = _relations(spark, run)
    lists = {
        fold: ranked_lists(opened.rows, replace(opened.lister(ranker, run), relations=relations))
        for fold, opened in folds.items()
    }
    n_lists = spark_io.write_folds(spark, lists, run, tables.RANKED)
    rows = folds[judged].rows.join(users, on=USER_ID, how="left_semi")
    shown = {judged: variant_lists(rows, others)} if others else {}
    spark_io.write_folds(spark, shown, run, tables.RANKED_VARIANTS)
    rules = {
        "rules": list(backtest.book.active),
        "remarks": remarks(settings.rules, backtest.book.catalogue, settings.rank.k),
    }
    return {"lists": n_lists, **ranker.report(), **rules, "variants": list(others)}


def sources_of_both(generated: dict[str, Any]) -> list[str]:
    """Return the backtest's sources that the final fold has too: a model that was not refitted in time is no release's.

    The verdict would else be given on lists that nobody gets.
    """
    final = generated[Fold.FINAL.value]["sources"]
    return [source for source in generated[Fold.BACKTEST.value]["sources"] if source in final]


def _relations(spark: SparkSession, run: Run) -> Relations | None:
    graph, links = (spark_io.read(spark, run, table) for table in (tables.VALIDATED_GRAPH, tables.VALIDATED_ITEM_LINKS))
    return item_relations(item_entities(graph, links, run.settings.candidates.graph_max_degree))


if __name__ == "__main__":
    from jobs.stage import main

    main("rank_candidates")
