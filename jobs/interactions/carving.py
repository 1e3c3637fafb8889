"""Validation where a given split names none: taken from training the way that the test seems to have been.

Settings follow from validation, so it must ask what the test asks. Of a test of everybody's newest events, or of all
events past a moment, random holes would say that age does not matter.
"""

from enum import StrEnum
from typing import Any

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from jobs.contract.settings import Split
from jobs.contract.tables import INPUT_FILE, INPUT_ROW, PART, TIMESTAMP, USER_ID, Part
from jobs.interactions.moments import time_steps
from jobs.interactions.seeded import seeded_uniform

_SHARE = 0.1
"""Of the training events; of a user's newest at least one, and else no more than the user has in the test."""
_NEARLY_ALL = 0.9
_MOST = 0.3
"""Of the training events. Where times are so coarse that the newest share more than this, they say too little."""


class Carving(StrEnum):
    """Which training events become validation."""

    RANDOM = "a random tenth of the training events"
    NEWEST_OF_USERS = "each user's newest training events, as the test holds each user's newest"
    NEWEST = "the newest tenth of the training events, as the test holds the newest of all"


def fitting_carving(parted: DataFrame) -> Carving | None:
    """Return how validation is to be taken from training; None where there are validation events already.

    Cost: one pass over the events, which are partitioned by user; two more where the test is cut at a moment.

    Args:
        parted: Events with ``part``.
    """
    newest_known = F.max(_of(Part.TRAIN)).over(Window.partitionBy(USER_ID))
    tested = _of(Part.TEST)
    found: Any = (
        parted.withColumn("newest_known", newest_known)
        .agg(
            F.count(F.when(F.col(PART) == Part.VALIDATION.value, True)).alias("n_validation"),
            F.count(F.when(tested > F.col("newest_known"), True)).alias("n_after"),
            F.count(F.when(tested < F.col("newest_known"), True)).alias("n_before"),
            F.min(_of(Part.TRAIN)).alias("first_train"),
            F.max(_of(Part.TRAIN)).alias("last_train"),
            F.min(tested).alias("first_test"),
            F.max(tested).alias("last_test"),
        )
        .first()
    )
    if found["n_validation"]:
        return None
    if _is_cut_at_a_moment(found):
        return Carving.NEWEST if _newest_share(parted) <= _MOST else Carving.RANDOM
    # Users of one training event tell little: half of their random test events come after it.
    told = found["n_after"] + found["n_before"]
    return Carving.NEWEST_OF_USERS if told and found["n_after"] >= _NEARLY_ALL * told else Carving.RANDOM


def carved(parted: DataFrame, carving: Carving, split: Split) -> DataFrame:
    """Return the events with some of the training's for validation; the test's stay what they are.

    Args:
        parted: From ``in_user_order``, with ``part``.
        carving: Which.
        split: Its seed.
    """
    chosen = {Carving.RANDOM: _random, Carving.NEWEST_OF_USERS: _newest_of_users, Carving.NEWEST: _newest}
    validated = (F.col(PART) == Part.TRAIN.value) & chosen[carving](parted, split)
    return parted.withColumn(PART, F.when(validated, Part.VALIDATION.value).otherwise(F.col(PART)))


def _is_cut_at_a_moment(found: Row) -> bool:
    if found["last_train"] is None or found["first_test"] is None:
        return False
    return bool(found["last_train"] <= found["first_test"] and found["first_train"] < found["last_test"])


def _newest_share(parted: DataFrame) -> float:
    """Return the share of the training events that would be taken as the newest tenth."""
    steps = time_steps(parted.where(F.col(PART) == Part.TRAIN.value))
    cut = steps.newest(_SHARE)
    return sum(n for step, n in steps.counts.items() if step >= cut) / sum(steps.counts.values())


def _random(parted: DataFrame, split: Split) -> Column:
    return seeded_uniform(split.seed, INPUT_FILE, INPUT_ROW) < _SHARE


def _newest_of_users(parted: DataFrame, split: Split) -> Column:
    """A user's oldest training event is kept, or nothing would be known of who is validated."""
    by_user = Window.partitionBy(USER_ID)
    is_train = F.col(PART) == Part.TRAIN.value
    n_train = F.count(F.when(is_train, True)).over(by_user)
    n_test = F.count(F.when(F.col(PART) == Part.TEST.value, True)).over(by_user)
    newest_first = by_user.orderBy(is_train.desc(), F.col("user_order").desc())
    n_newer = F.row_number().over(newest_first) - 1
    n_validated = F.greatest(F.lit(1), F.least(n_test, F.floor(n_train * _SHARE)))
    return (n_train > 1) & (n_newer < n_validated)


def _newest(parted: DataFrame, split: Split) -> Column:
    training = parted.where(F.col(PART) == Part.TRAIN.value)
    steps = time_steps(training)
    return F.coalesce(steps.of_event >= steps.newest(_SHARE), F.lit(False))


def _of(part: Part) -> Column:
    return F.when(F.col(PART) == part.value, F.col(TIMESTAMP))
