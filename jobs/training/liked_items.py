"""The items that somebody liked, in the order in which item-to-item models number them."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.popularity import likers
from jobs.contract.tables import ITEM_ID


def liked_items(interactions: DataFrame) -> list[str]:
    """Return item ids, most liked first, ties by id.

    Args:
        interactions: One row a user and item, with weight; items that nobody liked are left out.
    """
    rows = likers(interactions.where(F.col("weight") > 0)).collect()
    ordered = sorted(rows, key=lambda row: (-row["count"], row[ITEM_ID].encode()))
    return [row[ITEM_ID] for row in ordered]
