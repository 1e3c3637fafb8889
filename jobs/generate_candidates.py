"""Generate candidates for both folds: every source's best items for every user, and what of the user's speaks for them.

Cost: item-sized models are built once and broadcast; then one pass over the users.
"""

from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.build import build_sources
from jobs.candidates.catalogue import catalogue
from jobs.candidates.generate import Generator, candidates
from jobs.candidates.histories import histories
from jobs.candidates.repeats import proposes_seen
from jobs.candidates.sources.contract import Inputs
from jobs.candidates.trained import half_lives, with_why
from jobs.candidates.user_rows import user_rows
from jobs.candidates.users import users_to_score
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, Fold
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on

READS = (
    "validated_items",
    "validated_users",
    "validated_graph",
    "validated_item_links",
    "validated_social",
    "interactions",
    "item_embeddings",
    "review_embeddings",
    "als_user_factors",
    "als_item_factors",
    "item_weights",
    "spectral_item_vectors",
    "bivae_user_vectors",
    "bivae_item_vectors",
    "sequence_user_vectors",
    "sequence_item_vectors",
)
WRITES = ("candidates",)

_MODELS = {
    "user_factors": tables.ALS_USER_FACTORS,
    "item_factors": tables.ALS_ITEM_FACTORS,
    "item_weights": tables.ITEM_WEIGHTS,
    "spectral_vectors": tables.SPECTRAL_ITEM_VECTORS,
    "bivae_user_vectors": tables.BIVAE_USER_VECTORS,
    "bivae_item_vectors": tables.BIVAE_ITEM_VECTORS,
    "user_vectors": tables.SEQUENCE_USER_VECTORS,
    "item_vectors": tables.SEQUENCE_ITEM_VECTORS,
}


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``candidates`` and report what each fold did and which sources stepped aside."""
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    folds = {fold: _fold(spark, run, parted, fold) for fold in Fold}
    union = folds[Fold.BACKTEST][0].unionByName(folds[Fold.FINAL][0])
    n_rows = spark_io.write(union, run, tables.CANDIDATES)
    return {"candidates": n_rows, **{fold.value: report for fold, (_, report) in folds.items()}}


def _fold(spark: SparkSession, run: Run, parted: DataFrame, fold: Fold) -> tuple[DataFrame, dict[str, Any]]:
    settings = run.settings
    as_of = datetime.fromisoformat(run.report("validate")["as_of"])
    items = catalogue(spark_io.read(spark, run, tables.VALIDATED_ITEMS), parted, fold, settings.split, as_of)
    interactions = merge_parts(parted, trained_on(fold, settings.split)).persist()
    newest = interactions.agg(F.max("last_timestamp")).first()
    gathered = histories(interactions, items.index(), settings.candidates.max_history).persist()
    models = {of: spark_io.read(spark, run, table).where(F.col(FOLD) == fold.value) for of, table in _MODELS.items()}
    with_seen = proposes_seen(settings, run.report("split_events")["repeat_share"])
    inputs = Inputs(
        interactions=interactions,
        embeddings=spark_io.read(spark, run, tables.ITEM_EMBEDDINGS),
        review_embeddings=spark_io.read(spark, run, tables.REVIEW_EMBEDDINGS),
        graph=spark_io.read(spark, run, tables.VALIDATED_GRAPH),
        item_links=spark_io.read(spark, run, tables.VALIDATED_ITEM_LINKS),
        users=spark_io.read(spark, run, tables.VALIDATED_USERS),
        social=spark_io.read(spark, run, tables.VALIDATED_SOCIAL),
        **models,
        # The backtest must not look back from a moment that its training part has not reached.
        as_of=min(as_of, newest[0].astimezone(as_of.tzinfo)) if newest and newest[0] else as_of,
        with_repeats=with_seen and settings.rank.seen != "keep",
        half_lives=half_lives(run),
    )
    sources, aside = build_sources(inputs, items, settings.candidates)
    generator = Generator(items, sources, settings.candidates, with_seen)
    scored = users_to_score(gathered, parted, fold, settings)
    users = user_rows(scored, sources, inputs, items, settings.candidates)
    report = {
        "items": len(items.item_ids),
        "eligible_items": int(items.eligible.sum()),
        "sources": list(sources),
        "stepped_aside": {source: with_why(run, source, needs) for source, needs in aside.items()},
        "with_seen": with_seen,
    }
    return candidates(users, generator).select(F.lit(fold.value).alias(FOLD), "*"), report


if __name__ == "__main__":
    from jobs.stage import main

    main("generate_candidates")
