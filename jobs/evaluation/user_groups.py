"""Which groups the judged users fall into: by their attributes, and by how much of them was there to learn from."""

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import USER_ID
from jobs.evaluation.bands import banded

ACTIVITY = "activity"
GAP = "gap"
MAX_VALUES = 20
"""An attribute with more values says who somebody is rather than which group; numbers are cut into bands instead."""
_NUMBER_BANDS = 4
_ACTIVITY_BANDS = 3


def user_groups(users: DataFrame, trained: DataFrame, judged: DataFrame) -> pd.DataFrame:
    """Return (user_id, attribute, group) of the judged users; a user without an attribute has no row for it.

    An attribute of 2 to 20 values gives a group a value. A numeric one with more is cut at its quartiles among the
    judged users; any other is left out. ``activity`` is the users' thirds by training events and needs no users table;
    an attribute of the dataset with that name becomes "users.activity".

    Cost: one pass over the judged users' attributes to choose, one to collect: a row a user and chosen attribute.

    Args:
        users: Rows of ``validated_users``; may be empty.
        trained: user_id, n_events of the judged fold's training data.
        judged: user_id, distinct; at most as many as ``evaluate.max_users``.
    """
    frames = [*_attribute_groups(users.join(judged, on=USER_ID, how="left_semi")), _activity(trained, judged)]
    named = [frame.assign(group=frame["group"].where(frame["group"] != GAP, f'"{GAP}"')) for frame in frames]
    return pd.concat(named)[[USER_ID, "attribute", "group"]].reset_index(drop=True)


def _attribute_groups(users: DataFrame) -> list[pd.DataFrame]:
    pairs = users.select(USER_ID, F.explode("attributes").alias("attribute", "value")).where(F.trim("value") != "")
    pairs = pairs.persist()
    number = _number("value")
    summary = pairs.groupBy("attribute").agg(
        F.count_distinct("value").alias("n_values"), F.bool_and(number.isNotNull()).alias("numeric")
    )
    chosen = {
        row["attribute"]: row["n_values"] > MAX_VALUES
        for row in summary.where(F.col("n_values") > 1).orderBy("attribute").collect()
        if row["n_values"] <= MAX_VALUES or row["numeric"]
    }
    rows = pairs.where(F.col("attribute").isin(list(chosen))).withColumn("number", number).toPandas()
    pairs.unpersist()
    frames = []
    for attribute, in_bands in chosen.items():
        own = rows[rows["attribute"] == attribute]
        groups = banded(own["number"].tolist(), _NUMBER_BANDS) if in_bands else own["value"].tolist()
        name = f"users.{ACTIVITY}" if attribute == ACTIVITY else attribute
        frames.append(pd.DataFrame({USER_ID: own[USER_ID].tolist(), "attribute": name, "group": groups}))
    return frames


def _number(column: str) -> Column:
    """Return the value as a finite double, or null."""
    number = F.col(column).try_cast("double")
    return F.when(F.abs(number) < float(np.inf), number)


def _activity(trained: DataFrame, judged: DataFrame) -> pd.DataFrame:
    own = trained.join(judged, on=USER_ID, how="left_semi")
    counts = own.groupBy(USER_ID).agg(F.sum("n_events").alias("n_events")).toPandas()
    groups = banded(counts["n_events"].tolist(), _ACTIVITY_BANDS) if len(counts) else []
    return pd.DataFrame({USER_ID: counts[USER_ID], "attribute": ACTIVITY, "group": groups})
