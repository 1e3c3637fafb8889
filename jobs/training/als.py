"""Implicit alternating least squares on Spark MLlib.

Source: Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets". We differ in the
confidence: alpha * log2(1 + weight), so that the hundredth purchase of milk does not drown everything else.
"""

from pyspark.ml.recommendation import ALS
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.settings import Als
from jobs.contract.tables import ITEM_ID, USER_ID

_USER_INDEX = "user_index"
_ITEM_INDEX = "item_index"


def fit_als(interactions: DataFrame, rank: int, settings: Als, seed: int) -> tuple[DataFrame, DataFrame]:
    """Fit user and item factors to what users liked.

    Args:
        interactions: user_id, item_id, weight; rows of weight 0 are not learnt from.
        rank: Factors per user and item.
        settings: Iterations, regularisation, alpha.
        seed: Of the first factors; the same seed and rows give the same factors.

    Returns:
        (user_id, factors) and (item_id, factors), factors array<float> of length ``rank``; no rows if nothing is liked.
    """
    liked = interactions.where(F.col("weight") > 0)
    if liked.isEmpty():
        nothing = interactions.where(F.lit(False))
        empty = F.array().cast("array<float>").alias("factors")
        return nothing.select(USER_ID, empty), nothing.select(ITEM_ID, empty)
    users = with_index(liked.select(USER_ID), USER_ID, _USER_INDEX).persist()
    items = with_index(liked.select(ITEM_ID), ITEM_ID, _ITEM_INDEX).persist()
    ratings = (
        liked.join(users, on=USER_ID, how="inner")
        .join(items, on=ITEM_ID, how="inner")
        .select(_USER_INDEX, _ITEM_INDEX, F.log2(1 + F.col("weight")).cast("float").alias("rating"))
    )
    model = ALS(
        rank=rank,
        maxIter=settings.iterations,
        regParam=settings.regularisation,
        alpha=settings.alpha,
        implicitPrefs=True,
        userCol=_USER_INDEX,
        itemCol=_ITEM_INDEX,
        ratingCol="rating",
        seed=seed,
    ).fit(ratings)
    return (
        _factors(model.userFactors, users, USER_ID, _USER_INDEX),
        _factors(model.itemFactors, items, ITEM_ID, _ITEM_INDEX),
    )


def with_index(frame: DataFrame, column: str, index: str) -> DataFrame:
    """Return the distinct values of ``column`` with a dense int index, in the values' byte order."""
    ordered = frame.select(column).distinct().sort(column)
    numbered = ordered.rdd.zipWithIndex().map(lambda row: (row[0][0], row[1]))
    return frame.sparkSession.createDataFrame(numbered, f"{column} string, {index} int")


def _factors(factors: DataFrame, ids: DataFrame, column: str, index: str) -> DataFrame:
    named = factors.join(ids, on=factors["id"] == ids[index], how="inner")
    return named.select(column, F.col("features").cast("array<float>").alias("factors"))
