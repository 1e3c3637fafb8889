"""Implicit alternating least squares on Spark MLlib.

Source: Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets". We differ in the
confidence: alpha * log2(1 + weight), so that the hundredth purchase of milk does not drown everything else.
"""

from typing import NamedTuple

from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID

_USER_INDEX = "user_index"
_ITEM_INDEX = "item_index"


class Liked(NamedTuple):
    """What users liked, as Spark's ALS takes it; counted once, fitted as often as there are values to try."""

    ratings: DataFrame
    """(user_index int, item_index int, rating float)"""
    users: DataFrame
    """(user_id, user_index int)"""
    items: DataFrame
    """(item_id, item_index int)"""


class Factors(NamedTuple):
    """What ALS learns."""

    users: DataFrame
    """(user_id, factors array<float>)"""
    items: DataFrame
    """(item_id, factors array<float>)"""


class Values(NamedTuple):
    """What is chosen on validation."""

    rank: int
    """Factors per user and item."""
    alpha: float
    """Confidence per unit of rating."""
    regularisation: float
    """Spark's ``regParam``, scaled by each row's count."""

    def __str__(self) -> str:
        """Return the values in words, as reports show them."""
        return f"rank {self.rank:g}, alpha {self.alpha:g}, regularisation {self.regularisation:g}"


def liked_ratings(interactions: DataFrame) -> Liked:
    """Return the ratings of what was liked, kept for several fits.

    Args:
        interactions: user_id, item_id, weight; rows of weight 0 are not learnt from.
    """
    # Read three times below.
    liked = interactions.where(F.col("weight") > 0).select(USER_ID, ITEM_ID, "weight").persist()
    users = with_index(liked.select(USER_ID), USER_ID, _USER_INDEX).persist()
    items = with_index(liked.select(ITEM_ID), ITEM_ID, _ITEM_INDEX).persist()
    ratings = (
        liked.join(users, on=USER_ID, how="inner")
        .join(items, on=ITEM_ID, how="inner")
        .select(_USER_INDEX, _ITEM_INDEX, F.log2(1 + F.col("weight")).cast("float").alias("rating"))
    )
    return Liked(ratings.persist(), users, items)


def fit_als(liked: Liked, values: Values, iterations: int, seed: int) -> Factors:
    """Fit user and item factors to what users liked.

    Args:
        liked: From ``liked_ratings``.
        values: Rank, alpha, regularisation.
        iterations: Alternations.
        seed: Of the first factors; the same seed and rows give the same factors.

    Returns:
        Factors of length ``rank``; no rows if nothing is liked.
    """
    if liked.ratings.isEmpty():
        empty = F.array().cast("array<float>").alias("factors")
        return Factors(liked.users.select(USER_ID, empty), liked.items.select(ITEM_ID, empty))
    model = ALS(
        rank=values.rank,
        maxIter=iterations,
        regParam=values.regularisation,
        alpha=values.alpha,
        implicitPrefs=True,
        userCol=_USER_INDEX,
        itemCol=_ITEM_INDEX,
        ratingCol="rating",
        seed=seed,
    ).fit(liked.ratings)
    return Factors(
        _factors(model.userFactors, liked.users, USER_ID, _USER_INDEX),
        _factors(model.itemFactors, liked.items, ITEM_ID, _ITEM_INDEX),
    )


def with_index(frame: DataFrame, column: str, index: str) -> DataFrame:
    """Return the distinct values of ``column`` with a dense int index, in the values' byte order."""
    ordered = frame.select(column).distinct().sort(column)
    numbered = ordered.rdd.zipWithIndex().map(lambda row: (row[0][0], row[1]))
    return frame.sparkSession.createDataFrame(numbered, f"{column} string, {index} int")


def _factors(factors: DataFrame, ids: DataFrame, column: str, index: str) -> DataFrame:
    named = factors.join(ids, on=factors["id"] == ids[index], how="inner")
    return named.select(column, F.col("features").cast("array<float>").alias("factors"))
