"""What is popular in the user's group, an attribute of users that a setting names.

Attributes are for audits of fairness: nothing is grouped unless ``candidates.group_attribute`` says so. Groups of fewer
than _MIN_USERS users give nothing, since their list would tell what single members took.
"""

from dataclasses import dataclass

import numpy as np
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.histories import dense_items
from jobs.candidates.sources.contract import Definition, Inputs, IntArray, Source, User
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.vectors.top_k import FloatArray

_MIN_USERS = 10
_MAX_GROUPS = 1_000
_ITEMS_A_GROUP = 1_000


@dataclass(frozen=True)
class GroupScores:
    """A list a group.

    Attributes:
        n_items: Items of the catalogue.
        lists: Group -> (int32 items, float32 users of the group who liked each).
    """

    n_items: int
    lists: dict[str, tuple[IntArray, FloatArray]]

    def scores(self, users: list[User]) -> FloatArray:
        """Return the list of each user's group; -inf elsewhere, and everywhere for a user without a group."""
        scores = np.full((len(users), self.n_items), -np.inf, dtype=np.float32)
        for row, user in enumerate(users):
            if user.group in self.lists:
                items, counts = self.lists[user.group]
                scores[row, items] = counts
        return scores

    def evidence(self, user: User, chosen: IntArray) -> FloatArray | None:
        """Return None: nothing of the user's own led there."""
        return None


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where the setting is unset or no group is large enough."""
    if settings.group_attribute is None:
        return None
    taken = inputs.liked.select(USER_ID, ITEM_ID).join(user_groups(inputs, items, settings), on=USER_ID, how="inner")
    sizes = taken.groupBy("group").agg(F.countDistinct(USER_ID).alias("n_users")).where(F.col("n_users") >= _MIN_USERS)
    largest = sizes.orderBy(F.desc("n_users"), "group").limit(_MAX_GROUPS).select("group")
    counts = taken.join(F.broadcast(largest), on="group", how="inner").groupBy("group", ITEM_ID).count()
    best = Window.partitionBy("group").orderBy(F.desc("count"), ITEM_ID)
    kept = counts.withColumn("place", F.row_number().over(best)).where(F.col("place") <= _ITEMS_A_GROUP)
    indexed = F.broadcast(dense_items(kept.sparkSession, items.index()))
    rows = kept.join(indexed, on=ITEM_ID, how="inner").select("group", "item", "count").toPandas()
    if rows.empty:
        return None
    lists = {
        str(group): (own["item"].to_numpy(dtype=np.int32), own["count"].to_numpy(dtype=np.float32))
        for group, own in rows.groupby("group")
    }
    return GroupScores(len(items.item_ids), lists)


def user_groups(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, group) of the users who have the attribute."""
    group = F.try_element_at("attributes", F.lit(settings.group_attribute))
    return inputs.users.select(USER_ID, group.alias("group")).where(F.col("group").isNotNull())


GROUP_POPULAR = Definition(
    build, "candidates.group_attribute is unset, or no group is large enough", Reason.GROUP, user_groups
)
