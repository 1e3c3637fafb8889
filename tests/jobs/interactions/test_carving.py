"""A split without validation gets it from training, in the way that its test was taken."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from pyspark.sql import functions as F

from jobs.contract.settings import Split
from jobs.interactions.carving import Carving, carved, fitting_carving
from jobs.interactions.protocols import given, in_user_order

START = datetime(2020, 1, 1, tzinfo=UTC)
SCHEMA = "user_id string, item_id string, timestamp timestamp, input_file string, input_row bigint, split string"
N_USERS, N_EVENTS = 20, 30


def parted(spark, split_of, day_of=lambda user, event: 10 * user + event):
    """Events of 20 users, 30 each, parted by ``split_of(user, event)``; no day is no time."""
    rows = []
    for user in range(N_USERS):
        for event in range(N_EVENTS):
            day = day_of(user, event)
            time = None if day is None else START + timedelta(days=day)
            rows.append((f"u{user}", f"i{event}", time, "f", len(rows), split_of(user, event)))
    return given(in_user_order(spark.createDataFrame(rows, SCHEMA), 42), Split())


def by_every_fifth(user, event):
    return "test" if (user + event) % 5 == 0 else "train"


def by_users_last(n_test):
    return lambda user, event: "test" if event >= N_EVENTS - n_test else "train"


def by_day(user, event):
    return "test" if 10 * user + event >= 180 else "train"


@pytest.mark.parametrize(
    ("split_of", "expected"),
    [
        (by_every_fifth, Carving.RANDOM),
        (by_users_last(1), Carving.NEWEST_OF_USERS),
        (by_users_last(6), Carving.NEWEST_OF_USERS),
        (by_day, Carving.NEWEST),
        (lambda user, event: "validation" if event == 7 else by_every_fifth(user, event), None),
    ],
)
def test_the_way_follows_from_where_in_time_the_test_lies(spark, split_of, expected):
    assert fitting_carving(parted(spark, split_of)) is expected


@pytest.mark.parametrize("day_of", [lambda user, event: None, lambda user, event: 0])
def test_where_time_says_nothing_it_is_random(spark, day_of):
    assert fitting_carving(parted(spark, by_users_last(3), day_of)) is Carving.RANDOM


@pytest.mark.parametrize(("share_of_last_day", "expected"), [(0.2, Carving.NEWEST), (0.6, Carving.RANDOM)])
def test_where_too_many_training_events_are_the_newest_it_is_random(spark, share_of_last_day, expected):
    def day_of(user, event):
        if by_day(user, event) == "test":
            return 400
        return 180 if event % 10 < 10 * share_of_last_day else event

    found = fitting_carving(parted(spark, by_day, day_of))
    assert found is expected


def test_a_random_split_of_short_histories_is_not_taken_for_one_by_time(spark):
    # One training event and one of the test each, which half of the time comes later by chance.
    rows = parted(spark, lambda user, event: ("train", "test")[(event + user) % 2]).where("item_id in ('i0', 'i1')")
    assert fitting_carving(rows) is Carving.RANDOM


def counts(frame):
    return Counter((row.user_id, row.part) for row in frame.collect())


def of_part(frame, part):
    return frame.where(F.col("part") == part)


@pytest.mark.parametrize(("n_test", "n_validated"), [(1, 1), (10, 2)])
def test_of_a_users_newest_as_many_are_taken_as_the_test_has_but_no_more_than_a_tenth(spark, n_test, n_validated):
    rows = carved(parted(spark, by_users_last(n_test)), Carving.NEWEST_OF_USERS, Split())
    found = counts(rows)
    assert {found[f"u{user}", "validation"] for user in range(N_USERS)} == {n_validated}
    assert {found[f"u{user}", "test"] for user in range(N_USERS)} == {n_test}
    newest = {row.item_id for row in of_part(rows, "validation").collect()}
    assert newest == {f"i{N_EVENTS - n_test - place}" for place in range(1, n_validated + 1)}


def test_a_users_only_training_event_stays(spark):
    rows = parted(spark, lambda user, event: "train" if event == 0 else "test")
    assert set(counts(carved(rows, Carving.NEWEST_OF_USERS, Split())).values()) == {1, N_EVENTS - 1}


def test_of_all_newest_a_tenth_of_training_is_taken_from_its_end(spark):
    rows = carved(parted(spark, by_day), Carving.NEWEST, Split())
    n_train, n_validated = (of_part(rows, part).count() for part in ("train", "validation"))
    assert 0.1 <= n_validated / (n_train + n_validated) < 0.15
    (last,) = of_part(rows, "train").agg(F.max("timestamp")).first()
    (first,) = of_part(rows, "validation").agg(F.min("timestamp")).first()
    assert last < first


def test_at_random_a_tenth_of_training_is_taken_and_nothing_of_the_test(spark):
    before = parted(spark, by_every_fifth)
    after = carved(before, Carving.RANDOM, Split())
    assert 25 < of_part(after, "validation").count() < 75  # of 480
    assert counts(of_part(after, "test")) == counts(of_part(before, "test"))
