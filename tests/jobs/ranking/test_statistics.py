from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from jobs.ranking.statistics import item_statistics, user_statistics

SCHEMA = "user_id string, item_id string, weight double, n_events int, last_timestamp timestamp"
NO = np.nan


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


ROWS = [
    ("u", "a", 1.0, 1, at(1)),
    ("v", "a", 0.0, 4, at(9, 12)),
    ("v", "b", 2.0, 1, at(11)),
    ("v", "c", 1.0, 1, at(3)),
]


def test_items_come_with_the_logarithms_of_users_and_events_a_user_and_days_before_the_newest_event(spark):
    found = item_statistics(spark.createDataFrame(ROWS, SCHEMA))
    assert sorted(found.item_ids.to_pylist()) == ["a", "b", "c"]
    assert found.values.dtype == np.float32
    # a: two users, five events; last met 1.5 days and first met 10 days before the 11th
    assert found.of(pa.array(["a", "b"])) == pytest.approx(
        np.array([[np.log(3), np.log(3.5), 1.5, 10], [np.log(2), np.log(2), 0, 0]])
    )


def test_an_item_that_nobody_met_has_no_users_and_no_days(spark):
    found = item_statistics(spark.createDataFrame(ROWS, SCHEMA)).of(pa.array(["new", "c", "new"]))
    np.testing.assert_array_equal(found[[0, 2]], np.float32([[0, 0, NO, NO]] * 2))
    assert found[1, 0] > 0


def test_users_come_with_what_they_liked_and_days_since_their_newest_event(spark):
    found = user_statistics(spark.createDataFrame(ROWS, SCHEMA))
    assert found.dtypes == [("user_id", "string"), ("n_liked", "float"), ("idle_days", "float")]
    assert {tuple(row) for row in found.collect()} == {("u", 1.0, 10.0), ("v", 2.0, 0.0)}


def test_without_timestamps_counts_remain_and_days_are_unknown(spark):
    timeless = spark.createDataFrame([(*row[:4], None) for row in ROWS], SCHEMA)
    items = item_statistics(timeless).of(pa.array(["b"]))
    np.testing.assert_allclose(items, [[np.log(2), np.log(2), NO, NO]], rtol=1e-6)
    assert {tuple(row) for row in user_statistics(timeless).collect()} == {("u", 1.0, None), ("v", 2.0, None)}


def test_without_interactions_every_item_is_unknown(spark):
    nothing = spark.createDataFrame([], SCHEMA)
    np.testing.assert_array_equal(item_statistics(nothing).of(pa.array(["a"])), np.float32([[0, 0, NO, NO]]))
    assert user_statistics(nothing).count() == 0
