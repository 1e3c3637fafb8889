import pytest

from jobs.training.budget import seconds_left


def test_the_sequence_model_gets_what_the_other_trainings_of_the_run_leave(make_run):
    run = make_run(train={"max_seconds": 100})
    assert seconds_left(run, "train_sequence") == 100
    run.write_report("train_als", {"seconds": 30.0})
    run.write_report("train_sequence", {"seconds": 50.0})
    assert seconds_left(run, "train_sequence") == pytest.approx(70)
    run.write_report("train_item_item", {"seconds": 90.0})
    assert seconds_left(run, "train_sequence") == 0
