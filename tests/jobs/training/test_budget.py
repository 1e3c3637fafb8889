import pytest

from jobs.training.budget import seconds_for


def test_the_sequence_model_gets_what_the_other_trainings_of_the_run_leave(make_run):
    run = make_run(train={"max_seconds": 100}, bivae={"max_share": 0.2})
    assert seconds_for(run, "train_sequence") == pytest.approx(80)
    run.write_report("train_als", {"seconds": 30.0})
    run.write_report("train_sequence", {"seconds": 50.0})
    assert seconds_for(run, "train_sequence") == pytest.approx(50)
    run.write_report("train_bivae", {"seconds": 5.0})
    assert seconds_for(run, "train_sequence") == pytest.approx(65)
    run.write_report("train_item_item", {"seconds": 90.0})
    assert seconds_for(run, "train_sequence") == 0


def test_the_autoencoder_keeps_its_share_whatever_the_others_took(make_run):
    run = make_run(train={"max_seconds": 100}, bivae={"max_share": 0.2})
    run.write_report("train_sequence", {"seconds": 200.0})
    assert seconds_for(run, "train_bivae") == pytest.approx(20)
