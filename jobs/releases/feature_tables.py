"""The four tables that Feast reads, from the night's lists and interactions. Data frames in, data frames out."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import FOLD, ITEM_ID, ITEM_NEIGHBOURS, ITEM_PROFILE, RANKED, USER_ID, USER_PROFILE, Fold

TOP_CATEGORIES = 5


def user_recommendations(ranked: DataFrame, as_of: datetime, created_at: datetime) -> DataFrame:
    """Return the final lists, one row a user; the backtest's lists are left out."""
    final = ranked.where(F.col(FOLD) == Fold.FINAL.value)
    return _at(final.select(*RANKED.names[1:]), as_of, created_at)


def item_profile(items: DataFrame, interactions: DataFrame, as_of: datetime, created_at: datetime) -> DataFrame:
    """Return one row an item: what it is, and its events and distinct users up to ``as_of``.

    Items that have events but no row among ``items`` are there too, titled by their id.
    """
    usage = interactions.groupBy(ITEM_ID).agg(
        F.sum("n_events").cast("bigint").alias("n_events"), F.countDistinct(USER_ID).alias("n_users")
    )
    profiles = (
        items.join(usage, on=ITEM_ID, how="full_outer")
        .withColumn("title", F.coalesce("title", ITEM_ID))
        .fillna(0, subset=["n_events", "n_users"])
    )
    return _at(profiles, as_of, created_at).select(*ITEM_PROFILE.names)


def user_profile(interactions: DataFrame, items: DataFrame, as_of: datetime, created_at: datetime) -> DataFrame:
    """Return one row a user: events, distinct items, newest event, and the categories of what the user liked.

    Categories are counted once a distinct item of positive weight; ties go by name.
    """
    activity = interactions.groupBy(USER_ID).agg(
        F.sum("n_events").cast("bigint").alias("n_events"),
        F.countDistinct(ITEM_ID).alias("n_items"),
        F.max("last_timestamp").alias("last_event_at"),
    )
    profiles = activity.join(_top_categories(interactions, items), on=USER_ID, how="left")
    empty = F.array().cast("array<string>")
    named = profiles.withColumn("top_categories", F.coalesce("top_categories", empty))
    return _at(named, as_of, created_at).select(*USER_PROFILE.names)


def item_neighbours(neighbours: DataFrame, as_of: datetime, created_at: datetime) -> DataFrame:
    """Return one row an item with a vector: its neighbours and their similarities, best first."""
    return _at(neighbours, as_of, created_at).select(*ITEM_NEIGHBOURS.names)


def _top_categories(interactions: DataFrame, items: DataFrame) -> DataFrame:
    liked = interactions.where(F.col("weight") > 0).select(USER_ID, ITEM_ID).distinct()
    by_item = items.select(ITEM_ID, F.explode(F.array_distinct("categories")).alias("category"))
    counts = liked.join(by_item, on=ITEM_ID, how="inner").groupBy(USER_ID, "category").count()
    # Most frequent first, then by name: the count is negated so that one ascending sort does both.
    ordered = F.array_sort(F.collect_list(F.struct((-F.col("count")).alias("rank"), "category")))
    return counts.groupBy(USER_ID).agg(F.slice(ordered["category"], 1, TOP_CATEGORIES).alias("top_categories"))


def _at(frame: DataFrame, as_of: datetime, created_at: datetime) -> DataFrame:
    return frame.withColumns({"event_timestamp": F.lit(as_of), "created_timestamp": F.lit(created_at)})
