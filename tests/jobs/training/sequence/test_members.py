"""What a fold's models begin with, and that nothing held out reaches the backtest through an earlier night."""

from datetime import date
from math import inf

import numpy as np
import pytest
import torch
from pyspark.sql import functions as F

from jobs.contract.tables import INTERACTIONS, ITEM_EMBEDDINGS, Fold
from jobs.training.sequence.checkpoint import Epoch
from jobs.training.sequence.fit import Fitted, Plan
from jobs.training.sequence.fold import fold_data
from jobs.training.sequence.members import describe, item_vector_rows, models_in, train, user_vector_rows

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


def _trained(run, tables, fold, place=0):
    data = fold_data(run, *tables, fold)
    assert data is not None
    return train(run, data, Plan(8, None, inf, seed=1), place)


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
    assert (run.home.weights("sequence", run.run_date) / "final-0.safetensors").exists()


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
    data = fold_data(run, *tables, Fold.FINAL)
    assert train(run, data, Plan(4, None, -inf, seed=1), 0).fitted.best_epoch == 0
    assert not run.home.models.exists()


def test_each_model_starts_elsewhere_and_goes_on_from_its_own_weights(make_run, tables):
    eve = make_run(EVE, sequence=SETTINGS)
    before = [_trained(eve, tables, Fold.FINAL, place) for place in range(2)]
    assert not torch.equal(*(member.fitted.model.position for member in before))
    eve.write_report("evaluate", {"verdict": {"publish": True}})
    run = make_run(sequence=SETTINGS)
    third = _trained(run, tables, Fold.FINAL, 2)
    assert third.report()["began"] == "2026-01-30 has kept no weights of model 3"
    tonight = _trained(run, tables, Fold.FINAL, 1)
    assert tonight.start.nights == 1
    moved = [float((tonight.fitted.model.position - member.fitted.model.position).detach().norm()) for member in before]
    assert moved[1] < moved[0]


def test_a_score_is_the_sum_of_the_models_scores(make_run, tables):
    run = make_run(sequence=SETTINGS)
    data = fold_data(run, *tables, Fold.BACKTEST)
    members = [train(run, data, Plan(2, None, inf, seed=1), place) for place in range(2)]

    def scores(of):
        users = {row.user_id: row.vector for row in user_vector_rows(data, of, run.settings.sequence).collect()}
        items = np.array(item_vector_rows(data, of)["vector"].to_pylist())
        return np.array([users[user] for user in sorted(users)]) @ items.T

    np.testing.assert_allclose(scores(members), scores(members[:1]) + scores(members[1:]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("seconds", "models"), [(0, 1), (37, 1), (38, 2), (62, 2), (63, 3), (1_000, 4)])
def test_there_are_as_many_models_as_the_time_left_is_enough_for(seconds, models):
    """Five epochs of two seconds, a quarter more for good measure: 12.5 s each, n refits and n - 1 trainings."""
    curve = [Epoch(1.0, 0.1, "last", 2.0)] * 9
    assert models_in(seconds, Fitted(None, 5, "last", curve, "patience"), at_most=4) == models


@pytest.mark.parametrize(("full_softmax_items", "softmax"), [(6, "all 6 items"), (5, "3 sampled of 6 items")])
def test_what_followed_from_the_data_is_told(make_run, tables, full_softmax_items, softmax):
    run = make_run(sequence={**SETTINGS, "full_softmax_items": full_softmax_items, "negatives": 3, "models": 2})
    data = fold_data(run, *tables, Fold.FINAL)
    told = describe(data, run.settings.sequence, 1)
    assert told == f"softmax over {softmax}, without texts; time for 1 of 2 models"


@pytest.mark.parametrize("n_items", [6, 5])
def test_a_dataset_mended_within_a_run_is_learnt_from_the_start(spark, make_run, tables, n_items):
    run = make_run(sequence=SETTINGS)
    _trained(run, tables, Fold.FINAL)
    # The same users, another item each, and perhaps one item less: nothing of the first training fits.
    interactions = tables[0].withColumn("item_id", F.concat(F.lit("j"), F.substring("item_id", 2, 1) % n_items))
    mended = _trained(run, (interactions.dropDuplicates(["user_id", "item_id"]), tables[1]), Fold.FINAL)
    assert len(mended.fitted.curve) == 8
    again = _trained(run, (interactions.dropDuplicates(["user_id", "item_id"]), tables[1]), Fold.FINAL)
    assert [epoch.seconds for epoch in again.fitted.curve] == [epoch.seconds for epoch in mended.fitted.curve]
