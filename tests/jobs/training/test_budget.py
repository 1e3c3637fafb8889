from datetime import UTC, datetime, timedelta

import pytest

from jobs.training.budget import seconds_for

MIDNIGHT = datetime(2026, 1, 31, tzinfo=UTC)


def took(begin: float, seconds: float) -> dict[str, object]:
    return {"started_at": (MIDNIGHT + timedelta(seconds=begin)).isoformat(), "seconds": seconds}


@pytest.fixture
def run(make_run):
    return make_run(
        train={"max_seconds": 100}, bivae={"max_share": 0.2, "min_seconds": 10}, sequence={"min_share": 0.2}
    )


def test_the_sequence_model_gets_what_the_other_trainings_of_the_run_leave(run):
    run.write_report("train_als", took(0, 10))
    run.write_report("train_item_item", took(10, 5))
    run.write_report("train_spectral", took(15, 5))
    assert seconds_for(run, "train_sequence") == pytest.approx(100 - 20 - 20)
    run.write_report("train_sequence", took(30, 50))
    assert seconds_for(run, "train_sequence") == pytest.approx(100 - 20 - 20)
    run.write_report("train_bivae", took(80, 5))
    assert seconds_for(run, "train_sequence") == pytest.approx(100 - 20 - 5)


def test_where_it_comes_first_what_is_expected_of_the_others_is_left_to_them(run):
    assert seconds_for(run, "train_sequence") == pytest.approx(20)
    run.write_report("train_bivae", took(0, 4))
    run.write_report("train_als", took(4, 6))
    # Of the 60 seconds that are neither its own nor the autoencoder's two thirds are still to come.
    assert seconds_for(run, "train_sequence") == pytest.approx(100 - 10 - 40)


def test_trainings_side_by_side_count_once_and_a_pause_between_them_not(run):
    run.write_report("train_als", took(0, 30))
    run.write_report("train_item_item", took(5, 10))
    run.write_report("train_spectral", took(20, 20))
    run.write_report("train_bivae", took(1000, 4))
    assert seconds_for(run, "train_sequence") == pytest.approx(100 - 40 - 4)


def test_the_sequence_model_keeps_its_share_where_the_others_took_too_long(run):
    run.write_report("train_item_item", took(0, 500))
    assert seconds_for(run, "train_sequence") == pytest.approx(20)


def test_the_autoencoder_keeps_its_share_whatever_the_others_took(run):
    run.write_report("train_sequence", took(0, 200))
    assert seconds_for(run, "train_bivae") == pytest.approx(20)


def test_what_neither_of_the_two_keeps_is_shared_by_the_trainings_that_only_choose(run):
    run.write_report("train_als", took(0, 50))
    assert seconds_for(run, "train_item_item") == seconds_for(run, "train_spectral") == pytest.approx(60 / 3)


def test_a_share_too_short_for_the_autoencoder_is_the_sequence_models(make_run):
    run = make_run(train={"max_seconds": 100}, bivae={"max_share": 0.2, "min_seconds": 21})
    for stage in ("train_als", "train_item_item", "train_spectral"):
        run.write_report(stage, took(0, 5))
    assert seconds_for(run, "train_bivae") == 0
    assert seconds_for(run, "train_sequence") == pytest.approx(95)


def test_an_autoencoder_that_is_no_source_keeps_no_time(make_run):
    run = make_run(train={"max_seconds": 1000}, candidates={"sources": ("sequence", "popular")})
    for stage in ("train_als", "train_item_item", "train_spectral"):
        run.write_report(stage, took(0, 5))
    assert seconds_for(run, "train_sequence") == pytest.approx(995)
