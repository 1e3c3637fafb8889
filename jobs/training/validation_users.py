"""A bounded sample of users with what they liked before and what they took next."""

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.users import sample_users
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID, PART, USER_ID, Part


def validation_users(
    histories: DataFrame, parted: DataFrame, index: dict[str, int], settings: Settings
) -> pd.DataFrame:
    """Return liked, seen and targets, lists of dense indexes, of at most ``rank.max_validation_users`` users.

    Args:
        histories: Of the training part, from ``histories``.
        parted: Rows of ``interactions``.
        index: Item id -> dense index; targets outside it are left out.
        settings: The bound and the seed.
    """
    spark = parted.sparkSession
    indexed = spark.createDataFrame(list(index.items()), f"{ITEM_ID} string, item int")
    held = parted.where((F.col(PART) == Part.VALIDATION.value) & (F.col("weight") > 0)).select(USER_ID, ITEM_ID)
    users = sample_users(held.select(USER_ID).distinct(), settings.rank.max_validation_users, settings.split.seed)
    targets = (
        held.join(users, on=USER_ID, how="left_semi")
        .join(F.broadcast(indexed), on=ITEM_ID, how="inner")
        .groupBy(USER_ID)
        .agg(F.sort_array(F.collect_set("item")).alias("targets"))
    )
    joined = histories.join(targets, on=USER_ID, how="inner").orderBy(USER_ID)
    cases: pd.DataFrame = joined.select("liked", "seen", "targets").toPandas()
    return cases
