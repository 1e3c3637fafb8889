from datetime import UTC, datetime, timedelta

import pytest

from jobs.training.sessions import sessions

START = datetime(2026, 1, 1, tzinfo=UTC)
INDEX = {name: place for place, name in enumerate("abcdefgh")}
DDL = "user_id string, item_id string, weight double, last_timestamp timestamp, last_order bigint"


@pytest.fixture
def found(spark):
    def of(rows, pause_share=0.5, max_items=100):
        """``rows``: (user, item, seconds or None), liked in this order."""
        known = [
            (user, item, 1.0 if len(more) == 0 else more[0], None if at is None else START + timedelta(seconds=at), n)
            for n, (user, item, at, *more) in enumerate(rows, 1)
        ]
        cut = sessions(spark.createDataFrame(known, DDL), INDEX, pause_share, max_items)
        return None if cut is None else sorted(sorted("abcdefgh"[i] for i in row.liked) for row in cut.collect())

    return of


def test_a_history_is_cut_where_the_pause_is_longer_than_most(found):
    # Pauses 1, 1, 60, 1: the median is 1.
    rows = [("u", "a", 0), ("u", "b", 1), ("u", "c", 2), ("u", "d", 62), ("u", "e", 63)]
    assert found(rows) == [["a", "b", "c"], ["d", "e"]]


def test_the_pace_is_that_of_the_data(found):
    # The same history a day at a time instead of a second.
    rows = [("u", item, 86_400 * at) for item, at in zip("abcde", (0, 1, 2, 62, 63), strict=True)]
    assert found(rows) == [["a", "b", "c"], ["d", "e"]]


def test_a_larger_share_of_pauses_that_end_nothing_makes_longer_sessions(found):
    rows = [("u", item, at) for item, at in zip("abcdef", (0, 1, 2, 32, 33, 93), strict=True)]  # pauses 1 1 30 1 60
    assert found(rows, pause_share=0.6) == [["a", "b", "c"], ["d", "e"]]
    assert found(rows, pause_share=0.8) == [["a", "b", "c", "d", "e"]]


def test_what_was_bought_at_one_time_is_one_session_and_users_do_not_mix(found):
    rows = [("u", "a", 0), ("u", "b", 0), ("v", "c", 0), ("v", "d", 0), ("v", "e", 9), ("v", "f", 9)]
    assert found(rows) == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_single_item_is_no_session(found):
    assert found([("u", "a", 0), ("u", "b", 1), ("u", "c", 99)]) == [["a", "b"]]


def test_of_a_long_session_the_first_items_count(found):
    rows = [*(("u", item, 0) for item in "abcde"), ("u", "f", 99)]
    assert found(rows, max_items=3) == [["a", "b", "c"]]


def test_what_was_not_liked_or_has_no_time_or_is_unknown_is_left_out(found):
    rows = [("u", "a", 0), ("u", "b", 0, 0.0), ("u", "c", None), ("u", "unknown", 0), ("u", "d", 0), ("u", "e", 99)]
    assert found(rows) == [["a", "d"]]


def test_where_every_pause_is_alike_nothing_is_cut_and_there_are_no_sessions(found):
    assert found([("u", item, 86_400 * day) for day, item in enumerate("abcde")]) is None
    assert found([("u", item, 0) for item in "abcde"]) is None


@pytest.mark.parametrize("rows", [[], [("u", "a", None), ("u", "b", None)], [("u", "a", 0), ("v", "b", 0)]], ids=str)
def test_without_two_likes_at_known_times_there_are_none(found, rows):
    assert found(rows) is None
