"""How events are parted into training, validation and test: the night's way and the five of ``nightshelf evaluate``.

Each function adds a column ``part`` to events that carry ``user_order`` (1 = the user's oldest event) and
``user_events`` (how many the user has). All are deterministic: chance comes from a seeded hash of the input row, never
from partitioning.
"""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contract.errors import DatasetError
from jobs.contract.settings import Split
from jobs.contract.tables import INPUT_FILE, INPUT_ROW, ITEM_ID, PART, TIMESTAMP, USER_ID, Part
from jobs.interactions.moments import time_steps
from jobs.interactions.seeded import seeded_uniform

TRAIN_SHARE = 0.8
COLD_SHARE = 0.1
_INNER_VALIDATION_SHARE = 0.1


def in_user_order(events: DataFrame, seed: int) -> DataFrame:
    """Add ``user_order`` and ``user_events``: by time, ties by input order; without any time, by a seeded hash."""
    untimed = F.when(F.col(TIMESTAMP).isNull(), seeded_uniform(seed, INPUT_FILE, INPUT_ROW))
    by_user = Window.partitionBy(USER_ID)
    ordered = by_user.orderBy(TIMESTAMP, untimed, INPUT_FILE, INPUT_ROW)
    return events.withColumns(
        {"user_order": F.row_number().over(ordered), "user_events": F.count(F.lit(1)).over(by_user)}
    )


def night(events: DataFrame, split: Split) -> DataFrame:
    """Hold out each user's newest events: ``test_share`` for the verdict, before them ``validation_share`` for choices.

    Users with fewer than ``min_events`` events are for training alone; of every other at least one event goes to each
    part.
    """
    n_test = F.greatest(F.lit(1), F.floor(F.col("user_events") * split.test_share))
    n_validation = F.greatest(F.lit(1), F.floor(F.col("user_events") * split.validation_share))
    from_end = F.col("user_events") - F.col("user_order")
    held = F.col("user_events") >= split.min_events
    part = (
        F.when(held & (from_end < n_test), Part.TEST.value)
        .when(held & (from_end < n_test + n_validation), Part.VALIDATION.value)
        .otherwise(Part.TRAIN.value)
    )
    return events.withColumn(PART, part)


def random_80_20(events: DataFrame, split: Split) -> DataFrame:
    """Part every event by a seeded shuffle, 80% training; a tenth of the training events are for validation."""
    uniform = seeded_uniform(split.seed, INPUT_FILE, INPUT_ROW)
    inner = TRAIN_SHARE * (1 - _INNER_VALIDATION_SHARE)
    return events.withColumn(PART, _thresholds(uniform, inner, TRAIN_SHARE))


def leave_last_out(events: DataFrame, split: Split) -> DataFrame:
    """Test on each user's last event, validate on the one before it; the oldest event of every user is for training."""
    _require_times(events, "leave_last_out")
    from_end = F.col("user_events") - F.col("user_order")
    part = (
        F.when(F.col("user_order") == 1, Part.TRAIN.value)
        .when(from_end == 0, Part.TEST.value)
        .when(from_end == 1, Part.VALIDATION.value)
        .otherwise(Part.TRAIN.value)
    )
    return events.withColumn(PART, part)


def global_time(events: DataFrame, split: Split) -> DataFrame:
    """Cut at two moments: the newest ``test_share`` of all events is the test, before it ``validation_share``.

    Events without a time are for training.
    """
    _require_times(events, "global_time")
    steps = time_steps(events)
    part = (
        F.when(steps.of_event >= steps.newest(split.test_share), Part.TEST.value)
        .when(steps.of_event >= steps.newest(split.test_share + split.validation_share), Part.VALIDATION.value)
        .otherwise(Part.TRAIN.value)
    )
    return events.withColumn(PART, part)


def given(events: DataFrame, split: Split) -> DataFrame:
    """Take the events' own column ``split``; where it names no validation, ``carving`` takes some from training.

    Raises:
        DatasetError: If the column is missing or holds anything but train, validation and test.
    """
    counts = {row["split"]: row["count"] for row in events.groupBy("split").count().collect()}
    unknown = set(counts) - {part.value for part in Part}
    if unknown or Part.TEST.value not in counts:
        raise DatasetError(
            f"Protocol given reads the events' column 'split': found {sorted(map(str, counts))}, "
            "expected train, test and, if you like, validation in every row."
        )
    return events.withColumn(PART, F.col("split"))


def cold_items(events: DataFrame, split: Split) -> DataFrame:
    """Take every event of a seeded tenth of the items for the test, of another tenth for validation."""
    uniform = seeded_uniform(split.seed, ITEM_ID)
    return events.withColumn(PART, _thresholds(uniform, 1 - 2 * COLD_SHARE, 1 - COLD_SHARE))


PROTOCOLS: dict[str, Callable[[DataFrame, Split], DataFrame]] = {
    "night": night,
    "random_80_20": random_80_20,
    "leave_last_out": leave_last_out,
    "global_time": global_time,
    "given": given,
    "cold_items": cold_items,
}


def _thresholds(uniform: Column, validation_from: float, test_from: float) -> Column:
    return (
        F.when(uniform >= test_from, Part.TEST.value)
        .when(uniform >= validation_from, Part.VALIDATION.value)
        .otherwise(Part.TRAIN.value)
    )


def _require_times(events: DataFrame, protocol: str) -> None:
    if events.where(F.col(TIMESTAMP).isNotNull()).isEmpty():
        raise DatasetError(
            f"Protocol {protocol} needs a timestamp in the events; try random_80_20, given or cold_items."
        )
