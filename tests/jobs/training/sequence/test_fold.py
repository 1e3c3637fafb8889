"""What a fold's training begins with, and that nothing held out reaches the backtest through an earlier night."""

from datetime import date
from math import inf

import pytest
import torch

from jobs.contract.tables import INTERACTIONS, ITEM_EMBEDDINGS, Fold
from jobs.training.sequence.fit import Plan
from jobs.training.sequence.fold import train_fold

SETTINGS = {
    "dim": 8,
    "blocks": 1,
    "max_length": 8,
    "dropout": 0.0,
    "learning_rate": 0.01,
    "epochs_unvalidated": 2,
    "warm_epochs_share": 0.25,
}
EVE = date(2026, 1, 30)


@pytest.fixture
def tables(spark):
    """Four users who go round six items in order, each from another; a fifth item is validation, a sixth test."""
    parts = ["train"] * 4 + ["validation", "test"]
    rows = [
        (f"u{user}", f"i{(user + place) % 6}", part, 1.0, 1, None, place + 1)
        for user in range(4)
        for place, part in enumerate(parts)
    ]
    return spark.createDataFrame(rows, INTERACTIONS.ddl), spark.createDataFrame([], ITEM_EMBEDDINGS.ddl)


def _trained(run, tables, fold):
    trained = train_fold(run, *tables, fold, Plan(8, None, inf, seed=1))
    assert trained is not None
    return trained


def _after_a_night(make_run, tables):
    """A night that is over, and the run of the next one."""
    eve = make_run(EVE, sequence=SETTINGS)
    final = _trained(eve, tables, Fold.FINAL)
    eve.write_report("evaluate", {"verdict": {"publish": True}})
    return final, make_run(sequence=SETTINGS)


def test_a_refit_begins_with_the_last_refits_weights_and_makes_fewer_epochs(make_run, tables):
    eve, run = _after_a_night(make_run, tables)
    tonight = _trained(run, tables, Fold.FINAL)
    assert [eve.report()[name] for name in ("epochs", "nights_warm")] == [8, 0]
    assert [tonight.report()[name] for name in ("epochs", "nights_warm")] == [2, 1]
    assert tonight.report()["began"] == "with the weights of 2026-01-30, 6 of 6 items'"
    assert tonight.fitted.curve[0].loss < eve.fitted.curve[0].loss


def test_a_refit_leaves_its_weights_for_the_next_night(make_run, tables):
    _, run = _after_a_night(make_run, tables)
    _trained(run, tables, Fold.FINAL)
    assert (run.home.weights("sequence", run.run_date) / "final.safetensors").exists()


def test_a_backtest_is_the_same_whatever_earlier_nights_have_seen_of_what_it_holds_out(make_run, tables):
    """The leak is planted: the earlier night's refit learnt every held-out event."""
    alone = _trained(make_run(sequence=SETTINGS), tables, Fold.BACKTEST)
    _, run = _after_a_night(make_run, tables)
    tonight = _trained(run, tables, Fold.BACKTEST)
    assert tonight.report()["began"] == "a backtest always begins anew"
    weights = tonight.fitted.model.state_dict()
    for name, expected in alone.fitted.model.state_dict().items():
        assert torch.allclose(weights[name], expected, atol=1e-6)


def test_a_backtest_leaves_no_weights(make_run, tables):
    run = make_run(sequence=SETTINGS)
    _trained(run, tables, Fold.BACKTEST)
    assert not run.home.models.exists()


def test_a_refit_without_an_epoch_leaves_no_weights(make_run, tables):
    run = make_run(sequence=SETTINGS)
    assert train_fold(run, *tables, Fold.FINAL, Plan(4, None, -inf, seed=1)).fitted.best_epoch == 0
    assert not run.home.models.exists()
