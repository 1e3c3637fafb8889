"""From parted events to interactions: one row a user, item and part."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, PART, TIMESTAMP, USER_ID, Part


def interactions(events: DataFrame) -> DataFrame:
    """Sum events into the table ``interactions``; ``events`` carry weight, part and user_order."""
    return events.groupBy(USER_ID, ITEM_ID, PART).agg(
        _unless_last_disliked("user_order").alias("weight"),
        F.count(F.lit(1)).cast("int").alias("n_events"),
        F.max(TIMESTAMP).alias("last_timestamp"),
        F.max("user_order").cast("bigint").alias("last_order"),
    )


def merge_parts(parted: DataFrame, parts: tuple[Part, ...]) -> DataFrame:
    """Return one row a user and item over the named parts, with the columns of ``interactions`` but ``part``."""
    wanted = parted.where(F.col(PART).isin([part.value for part in parts]))
    return wanted.groupBy(USER_ID, ITEM_ID).agg(
        _unless_last_disliked("last_order").alias("weight"),
        F.sum("n_events").cast("int").alias("n_events"),
        F.max("last_timestamp").alias("last_timestamp"),
        F.max("last_order").alias("last_order"),
    )


def liked_pairs(parted: DataFrame, part: Part) -> DataFrame:
    """Return (user_id, item_id) of what users liked in one part of the rows of ``interactions``."""
    return parted.where((F.col(PART) == part.value) & (F.col("weight") > 0)).select(USER_ID, ITEM_ID)


def _unless_last_disliked(order: str) -> Column:
    """Return the summed weight, or 0 where the user's newest word on the item was against it."""
    return F.when(F.max_by("weight", order) == 0, 0.0).otherwise(F.sum("weight"))


def repeat_share(parted: DataFrame) -> float:
    """Return which share of the validation pairs the user already had in training."""
    pair = [USER_ID, ITEM_ID]
    held = liked_pairs(parted, Part.VALIDATION)
    trained = parted.where(F.col(PART) == Part.TRAIN.value).select(*pair, F.lit(1).alias("repeated"))
    share = held.join(trained, on=pair, how="left").agg(F.avg(F.coalesce("repeated", F.lit(0)))).first()
    return float(share[0] or 0.0) if share else 0.0
