import pytest

from jobs.contract.settings import load
from jobs.ranking.block import COLUMNS
from jobs.ranking.validation import gather_validation, seen_modes
from tests.jobs.ranking.tiny import NOTHING_KNOWN

PARTED = "user_id string, item_id string, part string, weight double"
ROWS = (
    "user_id string, item_id string, source string, score float, source_rank int, seen boolean, "
    "evidence array<string>, n_liked float, idle_days float"
)


def row(user_id: str, item_id: str) -> tuple:
    return (user_id, item_id, "als", 0.5, 1, False, [], 1.0, None)


def gather(spark, parted, rows, **settings):
    return gather_validation(
        spark.createDataFrame(rows, ROWS), NOTHING_KNOWN, spark.createDataFrame(parted, PARTED), load(**settings)
    )


def test_users_come_with_what_they_liked_in_the_validation_part_and_their_candidates_in_order(spark):
    parted = [
        ("ann", "b", "validation", 1.0),
        ("ann", "c", "validation", 2.0),
        ("ann", "disliked", "validation", 0.0),
        ("ann", "old", "train", 1.0),
        ("ann", "late", "test", 1.0),
        ("bob", "x", "train", 1.0),
        ("cy", "x", "test", 1.0),
        ("dee", "x", "validation", 0.0),
        ("é", "a", "validation", 1.0),
    ]
    rows = [row("é", "z"), row("ann", "b"), row("bob", "a"), row("ann", "a"), row("cy", "a"), row("dee", "a")]
    found = gather(spark, parted, rows, rank={"k": 80}, evaluate={"cutoffs": [5, 10]})
    assert found.targets == {"ann": {"b", "c"}, "é": {"a"}}
    assert found.rows.column_names == list(COLUMNS)
    assert found.rows["user_id"].to_pylist() == ["ann", "ann", "é"]
    assert found.rows["item_id"].to_pylist() == ["a", "b", "z"]
    assert (found.k, found.depth) == (5, 160)
    assert found.items is NOTHING_KNOWN
    assert found.settings == load().ranker


def test_users_are_a_bounded_sample_that_a_rerun_draws_again(spark):
    ids = [f"u{n}" for n in range(300)]
    parted = [(user_id, "a", "validation", 1.0) for user_id in ids]
    rows = [row(user_id, "a") for user_id in ids]
    first, again = (gather(spark, parted, rows, rank={"max_validation_users": 50}) for _ in range(2))
    assert 25 < len(first.targets) < 80
    assert set(first.rows["user_id"].to_pylist()) == set(first.targets)
    assert again.targets == first.targets
    assert again.rows.equals(first.rows)


def test_of_users_that_were_sampled_once_as_many_are_drawn_as_were_asked_for(spark):
    # Only some held-out users have candidates; drawing by the same hash again would take all of them, or the same few.
    ids = [f"u{n}" for n in range(400)]
    parted = [(user_id, "a", "validation", 1.0) for user_id in ids]
    found = gather(spark, parted, [], rank={"max_validation_users": 100}, evaluate={"max_users": 200})
    assert 60 < len(found.targets) < 140


def test_without_held_out_users_there_is_nothing_to_choose_on(spark):
    found = gather(spark, [("u", "a", "train", 1.0)], [row("u", "a")])
    assert (found.targets, len(found.rows)) == ({}, 0)


@pytest.mark.parametrize(
    ("seen", "with_seen", "modes"),
    [
        ("auto", True, [False, True]),
        ("auto", False, [False]),
        ("keep", True, [True]),
        ("keep", False, [False]),
        ("remove", True, [False]),
        ("remove", False, [False]),
    ],
)
def test_seen_items_compete_where_the_setting_and_the_candidates_leave_it_open(seen, with_seen, modes):
    assert seen_modes(seen, with_seen) == modes
