from datetime import date

import pytest
import torch

from jobs.contract.errors import LockedError
from jobs.contract.settings import Sequence
from jobs.training.sequence.model import new_model
from jobs.training.sequence.warm_start import Start, begin, keep

SMALL = {"dim": 8, "blocks": 1, "heads": 2, "max_length": 4}
DAYS = [date(2026, 1, day) for day in (28, 29, 30, 31)]


def _model(run, n_items, text_dim=None, seed=1):
    texts = None if text_dim is None else torch.ones(n_items, text_dim)
    return new_model(run.settings.sequence, n_items, texts, seed)


def _kept(make_run, day, publish=True, nights=0, seed=7, **sequence):
    """A night of items a, b and c whose verdict is in; returns its model."""
    run = make_run(day, sequence={**SMALL, **sequence})
    model = _model(run, 3, seed=seed)
    keep(run, model, ["a", "b", "c"], nights)
    run.write_report("evaluate", {"verdict": {"publish": publish}})
    return model


def _begun(make_run, day=DAYS[-1], item_ids=("c", "new", "a"), **sequence):
    run = make_run(day, sequence={**SMALL, **sequence})
    model = _model(run, len(item_ids))
    return begin(run, model, list(item_ids)), model, _model(run, len(item_ids))


def test_weights_come_whole_and_item_vectors_by_their_ids(make_run):
    last_night = _kept(make_run, DAYS[2])
    start, model, untrained = _begun(make_run)
    assert start == Start(1, "with the weights of 2026-01-30, 2 of 3 items'")
    assert torch.equal(model.free[[0, 2]], last_night.free[[2, 0]])
    assert torch.equal(model.free[1], untrained.free[1])
    assert torch.equal(model.blocks[0].qkv.weight, last_night.blocks[0].qkv.weight)
    assert not torch.equal(untrained.blocks[0].qkv.weight, last_night.blocks[0].qkv.weight)


def test_a_backfill_begins_with_an_earlier_date_and_never_with_its_own_or_a_later_one(make_run):
    models = {day: _kept(make_run, day, seed=day.day) for day in DAYS}
    start, model, _ = _begun(make_run, DAYS[2])
    assert "2026-01-29" in start.why
    assert torch.equal(model.position, models[DAYS[1]].position)
    start, model, untrained = _begun(make_run, DAYS[0])
    assert start == Start(0, "no earlier night that was found good has kept weights")
    assert torch.equal(model.position, untrained.position)


def test_a_rerun_of_a_date_replaces_its_weights(make_run):
    _kept(make_run, DAYS[2], seed=3)
    newer = _kept(make_run, DAYS[2], seed=4)
    assert torch.equal(_begun(make_run)[1].position, newer.position)


def test_a_night_that_its_verdict_held_back_or_that_never_had_one_is_passed_over(make_run):
    _kept(make_run, DAYS[0])
    _kept(make_run, DAYS[1], publish=False)
    unjudged = make_run(DAYS[2], sequence=SMALL)
    keep(unjudged, _model(unjudged, 3), ["a", "b", "c"], 0)
    assert "2026-01-28" in _begun(make_run)[0].why


def test_another_shape_or_other_texts_mean_beginning_anew(make_run):
    _kept(make_run, DAYS[2])
    start, model, untrained = _begun(make_run, blocks=2, max_length=6)
    assert start.why == "since 2026-01-30 the model has changed: blocks was 1, is 2, max_length was 4, is 6"
    assert torch.equal(model.free, untrained.free)
    run = make_run(sequence=SMALL)
    assert begin(run, _model(run, 3, text_dim=5), ["a", "b", "c"]).why == (
        "since 2026-01-30 the model has changed: texts was None, is ['minilm', None, 5]"
    )


def test_texts_of_another_language_model_mean_beginning_anew(make_run):
    earlier = make_run(DAYS[2], sequence=SMALL)
    keep(earlier, _model(earlier, 1, text_dim=5), ["a"], 0)
    earlier.write_report("evaluate", {"verdict": {"publish": True}})
    run = make_run(sequence=SMALL, embedding={"model": "other"})
    assert "texts was ['minilm', None, 5], is ['other', None, 5]" in begin(run, _model(run, 1, text_dim=5), ["a"]).why


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:50], lambda data: data.replace(b'["a"', b'["\xff"'), lambda _: b""]
)
def test_damaged_weights_mean_beginning_anew(make_run, spoil):
    _kept(make_run, DAYS[2])
    file = make_run(sequence=SMALL).home.weights("sequence", DAYS[2]) / "final-0.safetensors"
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert file.read_bytes() != whole
    start, model, untrained = _begun(make_run)
    assert start == Start(0, "the weights of 2026-01-30 are damaged")
    assert torch.equal(model.free, untrained.free)


def test_weights_that_are_not_numbers_mean_beginning_anew(make_run):
    run = make_run(DAYS[2], sequence=SMALL)
    diverged = _model(run, 1)
    with torch.no_grad():
        diverged.position[0, 0] = float("nan")
    keep(run, diverged, ["a"], 0)
    run.write_report("evaluate", {"verdict": {"publish": True}})
    assert _begun(make_run)[0] == Start(0, "the weights of 2026-01-30 are damaged")


def test_after_so_many_warm_nights_one_begins_anew(make_run):
    _kept(make_run, DAYS[1], nights=1)
    assert _begun(make_run, DAYS[2], warm_nights=2)[0].nights == 2
    _kept(make_run, DAYS[2], nights=2)
    assert _begun(make_run, warm_nights=2)[0] == Start(0, "2 nights in a row began warm (sequence.warm_nights)")


def test_it_may_be_switched_off(make_run):
    _kept(make_run, DAYS[2])
    assert _begun(make_run, warm_start=False)[0] == Start(0, "sequence.warm_start is off")


def test_a_superseded_run_leaves_no_weights(make_run):
    older, newer = make_run(sequence=SMALL), make_run(sequence=SMALL)
    with pytest.raises(LockedError, match=rf"superseded by run {newer.run_id}"):
        keep(older, _model(older, 1), ["a"], 0)
    assert not older.home.models.exists()


def test_a_warm_refit_makes_a_share_of_the_epochs_and_one_at_least():
    settings = Sequence(warm_epochs_share=0.2)
    assert [Start(1, "").epochs(anew, settings) for anew in (1, 20, 44)] == [1, 4, 9]
    assert Start(0, "").epochs(44, settings) == 44


def test_a_warm_refit_takes_smaller_steps():
    settings = Sequence(learning_rate=0.01, warm_learning_rate=0.002)
    assert Start(1, "").settings(settings).learning_rate == 0.002
    assert Start(0, "").settings(settings) == settings
