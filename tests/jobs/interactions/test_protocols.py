from datetime import UTC, datetime, timedelta

import pytest

from jobs.contract.errors import DatasetError
from jobs.contract.settings import Split
from jobs.interactions.protocols import (
    cold_items,
    given,
    global_time,
    in_user_order,
    leave_last_out,
    night,
    random_80_20,
)

START = datetime(2020, 1, 1, tzinfo=UTC)
SCHEMA = "user_id string, item_id string, timestamp timestamp, input_file string, input_row bigint, split string"


def events(spark, rows):
    return spark.createDataFrame([(*row, None)[:6] if len(row) == 5 else row for row in rows], SCHEMA)


def history(user: str, n: int, timed: bool = True, first_row: int = 1):
    return [
        (user, f"i{i}", START + timedelta(days=i) if timed else None, "events.csv", first_row + i) for i in range(n)
    ]


def parts(parted, by="item_id"):
    return {(row.user_id, row[by]): row.part for row in parted.collect()}


def test_the_night_holds_out_the_newest_tenths_and_leaves_short_histories_for_training(spark):
    rows = history("long", 20) + history("short", 2, first_row=100)
    found = parts(night(in_user_order(events(spark, rows), 42), Split()))
    assert [found["long", f"i{i}"] for i in range(15, 20)] == ["train", "validation", "validation", "test", "test"]
    assert {part for (user, _), part in found.items() if user == "short"} == {"train"}


def test_ties_in_time_keep_the_order_of_the_input(spark):
    same = [("u", item, START, "events.csv", row) for row, item in enumerate(["x", "y", "z"])]
    found = parts(leave_last_out(in_user_order(events(spark, same), 42), Split()))
    assert found == {("u", "x"): "train", ("u", "y"): "validation", ("u", "z"): "test"}


def test_the_last_out_is_tested_also_where_a_user_has_only_two_events(spark):
    rows = history("two", 2) + history("one", 1, first_row=10)
    found = parts(leave_last_out(in_user_order(events(spark, rows), 42), Split()))
    assert found == {("two", "i0"): "train", ("two", "i1"): "test", ("one", "i0"): "train"}


def test_without_times_the_order_is_chance_by_seed_and_the_same_every_time(spark):
    rows = history("u", 30, timed=False)
    orders = [
        [row.item_id for row in in_user_order(events(spark, rows).repartition(n), seed).orderBy("user_order").collect()]
        for n, seed in ((1, 42), (3, 42), (1, 43))
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != [f"i{i}" for i in range(30)]


def test_a_random_split_trains_on_about_eighty_percent_whatever_the_partitioning(spark):
    rows = [(f"u{i}", "i", None, "events.csv", i) for i in range(2000)]
    first = parts(random_80_20(events(spark, rows), Split()), by="input_row")
    second = parts(random_80_20(events(spark, rows).repartition(5), Split()), by="input_row")
    assert first == second
    share = sum(part == "test" for part in first.values()) / 2000
    assert 0.17 < share < 0.23


def test_a_global_cut_tests_on_the_newest_events_of_everybody(spark):
    rows = history("u", 10) + history("v", 10, first_row=100)
    found = parts(global_time(events(spark, rows), Split(test_share=0.2, validation_share=0.2)))
    assert found["u", "i9"] == found["v", "i9"] == "test"
    assert found["u", "i0"] == "train"
    order = [found["u", f"i{i}"] for i in range(10)]
    assert order == sorted(order, key=["train", "validation", "test"].index)


def test_a_given_split_is_taken_as_it_is(spark):
    rows = [
        ("u", item, None, "f", row, part)
        for row, (item, part) in enumerate([("a", "train"), ("b", "validation"), ("c", "test")])
    ]
    assert parts(given(events(spark, rows), Split())) == {
        ("u", "a"): "train",
        ("u", "b"): "validation",
        ("u", "c"): "test",
    }


@pytest.mark.parametrize("splits", [["train", "holdout", "test"], ["train", "train"], ["test", None]])
def test_a_given_split_with_other_values_or_none_is_refused_with_what_was_found(spark, splits):
    rows = [("u", f"i{row}", None, "f", row, part) for row, part in enumerate(splits)]
    with pytest.raises(DatasetError, match=r"reads the events' column 'split': found .*, expected train, test"):
        given(events(spark, rows), Split())


def test_cold_items_lose_all_their_events_together(spark):
    rows = [(f"u{u}", f"i{i}", None, "f", 100 * u + i) for u in range(3) for i in range(100)]
    found = parts(cold_items(events(spark, rows), Split()))
    by_item = {i: {found[f"u{u}", f"i{i}"] for u in range(3)} for i in range(100)}
    assert all(len(kinds) == 1 for kinds in by_item.values())
    assert 3 <= sum(kinds == {"test"} for kinds in by_item.values()) <= 20


@pytest.mark.parametrize("protocol", [leave_last_out, global_time])
def test_protocols_that_need_times_say_so_and_what_to_do(spark, protocol):
    with pytest.raises(DatasetError, match=r"needs a timestamp in the events; try random_80_20"):
        protocol(in_user_order(events(spark, history("u", 5, timed=False)), 42), Split())
