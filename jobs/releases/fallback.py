"""The popular list that unknown users get."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.availability import available_at, not_excluded
from jobs.candidates.popularity import likers
from jobs.contract.release_files import Fallback
from jobs.contract.rule_settings import Exclusions
from jobs.contract.tables import ITEM_ID, Part
from jobs.interactions.aggregate import merge_parts


def popular(interactions: DataFrame, profiles: DataFrame, as_of: datetime, k: int, exclusions: Exclusions) -> Fallback:
    """Return the items that most users like, best first, ties by item id.

    Args:
        interactions: Table interactions; weight 0 means seen but not liked.
        profiles: Table item_profile; only items available at ``as_of`` are listed.
        as_of: The night's point in time.
        k: Longest list.
        exclusions: Items that nobody is recommended, and so nobody unknown either.
    """
    liked = merge_parts(interactions, tuple(Part)).where(F.col("weight") > 0)
    available = profiles.where(available_at(as_of) & not_excluded(exclusions)).select(ITEM_ID)
    counted = likers(liked).join(available, on=ITEM_ID, how="inner")
    best = counted.orderBy(F.desc("count"), ITEM_ID).limit(k).collect()
    return Fallback(ids=[row[ITEM_ID] for row in best], scores=[float(row["count"]) for row in best])
