"""What the training interactions of a fold say of its items and users, apart from any source."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.interactions.age import days_between
from jobs.ranking.fusion import FloatArray

ITEM_COLUMNS = ("n_users", "events_a_user", "idle_days", "age_days")


@dataclass(frozen=True)
class ItemStatistics:
    """Of every item that anybody met, item-sized.

    Attributes:
        item_ids: string[n_items].
        values: float32[n_items + 1, 4]: ``ITEM_COLUMNS``, counts as log(1 + n); NaN days where events have no times.
            The last row is an item that nobody met.
    """

    item_ids: pa.Array
    values: FloatArray

    def of(self, item_ids: pa.StringArray) -> FloatArray:
        """Return float32[n, 4], a row an id."""
        rows = pc.index_in(item_ids, self.item_ids).fill_null(len(self.item_ids)).to_numpy()
        return np.asarray(self.values[rows])


def item_statistics(interactions: DataFrame) -> ItemStatistics:
    """Count a fold's training interactions by item.

    Args:
        interactions: One row a user and item of the fold's training parts: n_events, last_timestamp. Days are counted
            back from the newest of them.
    """
    newest = interactions.agg(F.max("last_timestamp").alias("newest"))
    grouped = interactions.groupBy(ITEM_ID).agg(
        F.log1p(F.count(F.lit(1))).alias("n_users"),
        F.log1p(F.sum("n_events") / F.count(F.lit(1))).alias("events_a_user"),
        F.max("last_timestamp").alias("last"),
        F.min("last_timestamp").alias("first"),
    )
    counted = grouped.crossJoin(F.broadcast(newest)).select(
        ITEM_ID,
        F.col("n_users").cast("float"),
        F.col("events_a_user").cast("float"),
        _days("newest", "last").alias("idle_days"),
        _days("newest", "first").alias("age_days"),
    )
    table = counted.toArrow().combine_chunks()
    known = np.column_stack([table[name].to_numpy().astype(np.float32) for name in ITEM_COLUMNS])
    unknown = np.array([[0, 0, np.nan, np.nan]], dtype=np.float32)
    return ItemStatistics(table[ITEM_ID].combine_chunks(), np.concatenate([known.reshape(-1, 4), unknown]))


def user_statistics(interactions: DataFrame) -> DataFrame:
    """Return (user_id, n_liked float, idle_days float): items liked, and days since the user's newest event.

    Args:
        interactions: As for ``item_statistics``; days are null where they have no times.
    """
    newest = interactions.agg(F.max("last_timestamp").alias("newest"))
    grouped = interactions.groupBy(USER_ID).agg(
        F.sum((F.col("weight") > 0).cast("float")).cast("float").alias("n_liked"),
        F.max("last_timestamp").alias("last"),
    )
    return grouped.crossJoin(F.broadcast(newest)).select(USER_ID, "n_liked", _days("newest", "last").alias("idle_days"))


def _days(later: str, earlier: str) -> Column:
    return days_between(F.col(earlier), F.col(later)).cast("float")
