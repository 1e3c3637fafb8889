"""What each user took, in dense item indexes: the input of every personal source."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID


def histories(interactions: DataFrame, index: dict[str, int], max_history: int) -> DataFrame:
    """Gather one row a user.

    Args:
        interactions: One row a user and item, with weight and last_order.
        index: Item id -> dense index; broadcast.
        max_history: Liked items kept, newest first.

    Returns:
        user_id; seen array<int>, every item the user met; liked array<int>, the newest ``max_history`` of positive
        weight, newest first; weights array<float>, log2(1 + weight), parallel to liked.
    """
    indexed = dense_items(interactions.sparkSession, index)
    rows = interactions.join(F.broadcast(indexed), on=ITEM_ID, how="inner")
    liked = F.when(F.col("weight") > 0, F.struct((-F.col("last_order")).alias("age"), "item", "weight"))
    gathered = rows.groupBy(USER_ID).agg(
        F.sort_array(F.collect_list("item")).alias("seen"),
        F.slice(F.sort_array(F.collect_list(liked)), 1, max_history).alias("newest"),
    )
    weights = F.transform("newest", lambda row: F.log2(1 + row["weight"]).cast("float"))
    return gathered.select(USER_ID, "seen", F.col("newest.item").alias("liked"), weights.alias("weights"))


def dense_items(spark: SparkSession, index: dict[str, int]) -> DataFrame:
    """Return (item_id, item int), a row an entry of ``index``."""
    return spark.createDataFrame(list(index.items()), f"{ITEM_ID} string, item int")
