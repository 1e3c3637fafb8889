import pytest

from jobs.contract.settings import load
from jobs.ranking.block import COLUMNS
from jobs.ranking.validation import gathered_validation, seen_modes
from tests.jobs.ranking.tiny import NOTHING_KNOWN

PARTED = "user_id string, item_id string, part string, weight double"
ROWS = (
    "user_id string, item_id string, source string, score float, source_rank int, seen boolean, "
    "evidence array<string>, n_liked float, idle_days float"
)


def row(user_id: str, item_id: str) -> tuple:
    return (user_id, item_id, "als", 0.5, 1, False, [], 1.0, None)


@pytest.fixture
def gather(spark, tmp_path):
    """Return what gathers the validation of literal rows, and its candidates."""

    def of(parted, rows, **settings):
        frames = spark.createDataFrame(rows, ROWS), NOTHING_KNOWN, spark.createDataFrame(parted, PARTED)
        with gathered_validation(*frames, load(**settings), tmp_path / "scratch") as found:
            candidates = found.rows.to_table()
        assert not (tmp_path / "scratch").exists()
        return found, candidates

    return of


def test_users_come_with_what_they_liked_in_the_validation_part_and_their_candidates_in_order(gather):
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
    found, candidates = gather(parted, rows, rank={"k": 80}, evaluate={"cutoffs": [5, 10]})
    assert found.targets == {"ann": {"b", "c"}, "é": {"a"}}
    assert candidates.column_names == list(COLUMNS)
    assert candidates["user_id"].to_pylist() == ["ann", "ann", "é"]
    assert candidates["item_id"].to_pylist() == ["a", "b", "z"]
    assert (found.k, found.depth) == (5, 160)
    assert found.items is NOTHING_KNOWN
    assert found.settings == load().ranker


def test_users_are_a_bounded_sample_that_a_rerun_draws_again(gather):
    ids = [f"u{n}" for n in range(300)]
    parted = [(user_id, "a", "validation", 1.0) for user_id in ids]
    rows = [row(user_id, "a") for user_id in ids]
    (first, own), (again, same) = (gather(parted, rows, rank={"max_validation_users": 50}) for _ in range(2))
    assert 25 < len(first.targets) < 80
    assert set(own["user_id"].to_pylist()) == set(first.targets)
    assert again.targets == first.targets
    assert same.equals(own)


def test_of_users_that_were_sampled_once_as_many_are_drawn_as_were_asked_for(gather):
    # Only some held-out users have candidates; drawing by the same hash again would take all of them, or the same few.
    ids = [f"u{n}" for n in range(400)]
    parted = [(user_id, "a", "validation", 1.0) for user_id in ids]
    found, _ = gather(parted, [], rank={"max_validation_users": 100}, evaluate={"max_users": 200})
    assert 60 < len(found.targets) < 140


def test_without_held_out_users_there_is_nothing_to_choose_on(gather):
    found, candidates = gather([("u", "a", "train", 1.0)], [row("u", "a")])
    assert (found.targets, len(candidates)) == ({}, 0)


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
