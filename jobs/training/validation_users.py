"""A bounded sample of users with what they liked before and what they took next."""

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.histories import dense_items
from jobs.candidates.users import sample_users
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID, USER_ID, Part
from jobs.interactions.aggregate import liked_pairs


def validation_users(
    histories: DataFrame, parted: DataFrame, index: dict[str, int], settings: Settings
) -> pd.DataFrame:
    """Return user_id and liked, seen, targets, lists of dense indexes; ``rank.max_validation_users`` users at most.

    Args:
        histories: Of the training part, from ``histories``.
        parted: Rows of ``interactions``.
        index: Item id -> dense index; targets outside it are left out.
        settings: The bound and the seed.
    """
    indexed = dense_items(parted.sparkSession, index)
    held = liked_pairs(parted, Part.VALIDATION)
    users = sample_users(held.select(USER_ID).distinct(), settings.rank.max_validation_users, settings.split.seed)
    targets = (
        held.join(users, on=USER_ID, how="left_semi")
        .join(F.broadcast(indexed), on=ITEM_ID, how="inner")
        .groupBy(USER_ID)
        .agg(F.sort_array(F.collect_set("item")).alias("targets"))
    )
    joined = histories.join(targets, on=USER_ID, how="inner").orderBy(USER_ID)
    cases: pd.DataFrame = joined.select(USER_ID, "liked", "seen", "targets").toPandas()
    return cases
