"""Logged impressions out of a dataset's events, and at most so many of them as arrays.

Cost: one shuffle of impressions and clicks, one count, and a sample of ``evaluate.max_impressions`` rows collected.
"""

import contextlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID, EventType
from jobs.evaluation.click_model import Impressions
from jobs.evaluation.off_policy import IntVector, Logged

IMPRESSION_ID = "impression_id"
CHOICES = "choices"
REWARD = "reward"
_BUCKET = "bucket"
_BUCKETS = 1 << 30
_ROW_COLUMNS = (USER_ID, "position", "propensity", "arm", "platform")


def logged_impressions(events: DataFrame) -> DataFrame:
    """Return one row an impression whose propensity is known, with whether it was clicked.

    Args:
        events: Columns of validated_events. A click belongs to the impression of the same impression_id and item_id;
            an impression that was logged twice counts once; clicks without their impression are left out, and so is
            whatever has no impression_id.

    Returns:
        impression_id, item_id, user_id, position, propensity, arm, platform, reward double (1 clicked, else 0).
    """
    is_impression = F.col("event_type") == EventType.IMPRESSION.value
    is_click = F.col("event_type") == EventType.CLICK.value
    told = events.where((is_impression | is_click) & F.col(IMPRESSION_ID).isNotNull())
    # Of an impression logged twice the least value of each column, so that the answer does not hang on the order.
    one_row = [F.min(F.when(is_impression, F.col(name))).alias(name) for name in _ROW_COLUMNS]
    clicked = F.max(is_click.cast("double")).alias(REWARD)
    return told.groupBy(IMPRESSION_ID, ITEM_ID).agg(*one_row, clicked).where(F.col("propensity").isNotNull())


def with_choices(impressions: DataFrame, lists: DataFrame, k: int) -> DataFrame:
    """Return the impressions of users who have a list, with what the list would show in the same place.

    Args:
        impressions: As from ``logged_impressions``.
        lists: user_id, item_ids array<string>, best first.
        k: Items of a list that are shown.

    Returns:
        The impressions and choices array<string>: the item of the logged position (from 1), or without a position the
        first k items, each as likely. Positions past the list are left out, as nothing would be shown there.
    """
    first = F.slice("item_ids", 1, k)
    there = F.when(F.col("position") >= 1, F.slice(first, F.col("position"), 1))
    choices = F.when(F.col("position").isNull(), first).otherwise(there)
    joined = impressions.join(lists.select(USER_ID, "item_ids"), on=USER_ID, how="inner")
    return joined.withColumn(CHOICES, choices).drop("item_ids").where(F.size(CHOICES) > 0)


@contextlib.contextmanager
def kept_on_disk(rows: DataFrame) -> Iterator[DataFrame]:
    """Yield the rows kept on the executors' disks for the block, as counting and sampling read them twice."""
    kept = rows.persist(StorageLevel.DISK_ONLY)
    try:
        yield kept
    finally:
        kept.unpersist()


def sample(rows: DataFrame, max_rows: int, seed: int) -> pa.Table:
    """Return at most ``max_rows`` rows, whole answers by the hash of their impression_id, in an order of their own.

    The same rows give the same sample in the same order however they are partitioned.
    """
    n = rows.count()
    bucketed = rows.withColumn(_BUCKET, F.pmod(F.xxhash64(F.lit(seed), IMPRESSION_ID), F.lit(_BUCKETS)))
    if n > max_rows:
        bucketed = bucketed.where(F.col(_BUCKET) < int(_BUCKETS * max_rows / n))
    table = bucketed.toArrow()
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in (_BUCKET, IMPRESSION_ID, ITEM_ID)])
    return table.take(order[:max_rows]).drop_columns([_BUCKET])


def impressions_of(table: pa.Table, items: pa.Array, positions: pa.Array) -> Impressions:
    """Return a sample's rows as arrays.

    Args:
        table: As from ``sample``.
        items: The distinct items by their numbers, as from ``distinct``; two logs share them to be compared.
        positions: The distinct positions likewise, null among them where some row has none.
    """
    answers = distinct(table[IMPRESSION_ID])
    logged = Logged(
        rewards=table[REWARD].to_numpy(),
        propensities=table["propensity"].to_numpy(),
        answers=numbers(table[IMPRESSION_ID], answers),
    )
    return Impressions(
        logged, numbers(table[ITEM_ID], items), numbers(table["position"], positions), len(items), len(positions)
    )


def distinct(*columns: pa.ChunkedArray) -> pa.Array:
    """Return every value of the columns once, null too, in the order of their first rows."""
    return pc.unique(pa.chunked_array([chunk for column in columns for chunk in column.chunks]))


def numbers(values: pa.ChunkedArray, among: pa.Array) -> IntVector:
    """Return the place of each value in ``among``, int64[n]."""
    found: IntVector = pc.index_in(values, value_set=among).to_numpy().astype(np.int64)
    return found
