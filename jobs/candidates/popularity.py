"""How popular each item is: with everyone, and lately."""

from datetime import datetime

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID
from jobs.interactions.age import days_between
from jobs.vectors.top_k import FloatArray


def likers(liked: DataFrame) -> DataFrame:
    """Return (item_id, count): how many users liked each item; ``liked`` has a row a user and item."""
    return liked.groupBy(ITEM_ID).count()


def popular(liked: DataFrame, index: dict[str, int]) -> FloatArray:
    """Return float32[n_items]: how many users liked each item; ``liked`` has a row a user and item."""
    return _dense(likers(liked), index)


def trending(liked: DataFrame, index: dict[str, int], as_of: datetime, half_life_days: float) -> FloatArray | None:
    """Return float32[n_items]: users who liked each item, each halved for every ``half_life_days`` before ``as_of``.

    None where no interaction has a time.
    """
    timed = liked.where(F.col("last_timestamp").isNotNull())
    if timed.isEmpty():
        return None
    age_days = days_between(F.col("last_timestamp"), F.lit(as_of))
    freshness = F.pow(F.lit(0.5), F.greatest(age_days, F.lit(0.0)) / half_life_days)
    return _dense(timed.groupBy(ITEM_ID).agg(F.sum(freshness)), index)


def _dense(scored: DataFrame, index: dict[str, int]) -> FloatArray:
    scores = np.zeros(len(index), dtype=np.float32)
    for item_id, score in scored.collect():
        scores[index[item_id]] = score
    return scores
