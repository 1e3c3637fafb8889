"""What users took in one sitting: their liked items, cut wherever they paused for long.

What is long the data says, in its own pace: where films are rated a page at a time, a minute is.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.candidates.histories import dense_items
from jobs.contract.tables import ITEM_ID, USER_ID

SESSION_EXPONENT = 0.5
"""A session of n items counts 1 / n in each of its pairs: a long one says little of any two."""
_ACCURACY = 10_000


def sessions(interactions: DataFrame, index: dict[str, int], pause_share: float, max_items: int) -> DataFrame | None:
    """Return (liked array<int>), one row a session of two items or more.

    None where no two likes of a user have times, or no pause is longer than usual: sessions would be whole histories.

    Args:
        interactions: One row a user and item, with weight, last_timestamp and last_order.
        index: Item id -> dense index; broadcast. Other items are left out.
        pause_share: Of all pauses between a user's successive likes, the share that ends no session.
        max_items: The first so many of a session count, since pairs grow with the square.

    Cost: one sort of the interactions by user, whose outcome is kept.
    """
    liked = interactions.where((F.col("weight") > 0) & F.col("last_timestamp").isNotNull())
    indexed = liked.join(F.broadcast(dense_items(interactions.sparkSession, index)), on=ITEM_ID, how="inner")
    in_order = Window.partitionBy(USER_ID).orderBy("last_timestamp", "last_order")
    paused = indexed.withColumn("pause", _seconds() - F.lag(_seconds()).over(in_order)).persist()
    usual = F.percentile_approx("pause", F.lit(pause_share), F.lit(_ACCURACY))
    pauses = paused.agg(usual.alias("usual"), F.max("pause").alias("longest")).first()
    if not pauses or pauses.usual is None or pauses.longest <= pauses.usual:
        return None
    begins = F.coalesce(F.col("pause") > pauses.usual, F.lit(True)).cast("int")
    numbered = paused.withColumn("session", F.sum(begins).over(in_order))
    taken = F.sort_array(F.collect_list(F.struct("last_timestamp", "last_order", "item")))
    gathered = numbered.groupBy(USER_ID, "session").agg(F.slice(taken, 1, max_items).alias("taken"))
    return gathered.where(F.size("taken") > 1).select(F.col("taken.item").alias("liked"))


def _seconds() -> Column:
    return F.col("last_timestamp").cast("double")
