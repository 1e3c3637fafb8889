"""The popular list that unknown users get."""

from datetime import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from jobs.contract.release_files import Fallback
from jobs.contract.tables import ITEM_ID, USER_ID


def popular(interactions: DataFrame, profiles: DataFrame, as_of: datetime, k: int) -> Fallback:
    """Return the items that most distinct users liked, best first, ties by item id.

    Args:
        interactions: Table interactions; weight 0 means seen but not liked.
        profiles: Table item_profile; only items available at ``as_of`` are listed.
        as_of: The night's point in time.
        k: Longest list.
    """
    liked = interactions.where(F.col("weight") > 0).groupBy(ITEM_ID).agg(F.countDistinct(USER_ID).alias("score"))
    available = profiles.where(available_at(as_of)).select(ITEM_ID)
    best = liked.join(available, on=ITEM_ID, how="inner").orderBy(F.desc("score"), ITEM_ID).limit(k).collect()
    return Fallback(ids=[row[ITEM_ID] for row in best], scores=[float(row["score"]) for row in best])


def available_at(moment: datetime) -> Column:
    """Return whether an item may be shown at ``moment``: from ``available_from`` on, before ``available_until``."""
    starts, ends = F.col("available_from"), F.col("available_until")
    return (starts.isNull() | (starts <= F.lit(moment))) & (ends.isNull() | (ends > F.lit(moment)))
