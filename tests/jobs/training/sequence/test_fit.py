import time

import numpy as np
import pytest
import torch

from jobs.contract.settings import Sequence
from jobs.training.sequence.batches import Sequences
from jobs.training.sequence.curve import plot_curve
from jobs.training.sequence.fit import Plan, fit
from jobs.training.sequence.model import new_model
from jobs.training.sequence.vectors import freeze, user_states

SETTINGS = Sequence(dim=16, blocks=1, heads=2, dropout=0.1, max_length=8, batch_positions=64, learning_rate=1e-2)
FOREVER = float("inf")


@pytest.fixture(scope="module")
def sequences():
    """Users who go round ten items in order, each from another start: what comes next is certain."""
    rows = [(start + np.arange(6)) % 10 for start in range(40)]
    return Sequences(np.concatenate(rows).astype(np.int32), np.arange(0, 241, 6))


def _fit(sequences, path, epochs, validate=None, patience=None, deadline=FOREVER):
    model = new_model(SETTINGS, 10, None, seed=3)
    return fit(model, sequences, SETTINGS, Plan(epochs, patience, deadline, seed=3), validate, path)


def test_the_model_learns_what_comes_next(sequences, tmp_path):
    fitted = _fit(sequences, tmp_path / "model.safetensors", 30)
    frozen = freeze(fitted.model, SETTINGS, fitted.pool)
    states = user_states(frozen.thaw(), sequences, 8)["last"]
    assert (states @ frozen.item_vectors.T).argmax(axis=1).tolist() == [(start + 6) % 10 for start in range(40)]
    assert fitted.curve[-1].loss < fitted.curve[0].loss / 2
    assert (fitted.stopped, fitted.best_epoch) == ("epochs", 30)


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not(sequences, tmp_path):
    whole = _fit(sequences, tmp_path / "whole.safetensors", 4)
    _fit(sequences, tmp_path / "stopped.safetensors", 2)
    resumed = _fit(sequences, tmp_path / "stopped.safetensors", 4)
    assert [epoch.loss for epoch in resumed.curve] == pytest.approx([epoch.loss for epoch in whole.curve], rel=1e-5)
    for name, weights in whole.model.state_dict().items():
        assert torch.allclose(resumed.model.state_dict()[name], weights, atol=1e-5)


def test_a_damaged_checkpoint_means_starting_anew(sequences, tmp_path):
    path = tmp_path / "model.safetensors"
    whole = _fit(sequences, path, 2)
    path.write_bytes(path.read_bytes()[:100])
    assert _fit(sequences, path, 2).curve[0].loss == pytest.approx(whole.curve[0].loss, rel=1e-5)


def test_a_checkpoint_of_other_data_means_starting_anew(sequences, tmp_path):
    path = tmp_path / "model.safetensors"
    _fit(sequences, path, 2)
    fewer = Sequences(sequences.items % 7, sequences.offsets)
    plan = Plan(1, None, FOREVER, seed=3, learnt_from="seven items")
    assert len(fit(new_model(SETTINGS, 7, None, seed=3), fewer, SETTINGS, plan, None, path).curve) == 1


def test_training_stops_when_validation_has_not_risen_and_keeps_the_best_epoch(sequences, tmp_path):
    reached = iter([0.1, 0.3, 0.2, 0.3, 0.25, 0.9])
    fitted = _fit(sequences, tmp_path / "a.safetensors", 6, lambda _: (next(reached), "mean"), patience=3)
    assert (fitted.stopped, fitted.best_epoch, len(fitted.curve), fitted.pool) == ("patience", 2, 5, "mean")
    two = _fit(sequences, tmp_path / "b.safetensors", 2)
    assert torch.allclose(fitted.model.free, two.model.free, atol=1e-5)


def test_no_epoch_begins_past_the_deadline(sequences, tmp_path):
    fitted = _fit(sequences, tmp_path / "model.safetensors", 5, deadline=time.monotonic() - 1)
    assert (fitted.stopped, fitted.best_epoch, fitted.curve) == ("time", 0, [])


def test_curves_are_drawn(sequences, tmp_path):
    reached = iter([0.1, 0.3])
    fitted = _fit(sequences, tmp_path / "a.safetensors", 2, lambda _: (next(reached), "last"))
    plot_curve(tmp_path / "curve.png", fitted.curve)
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
