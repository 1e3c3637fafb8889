import numpy as np
import pytest
import torch

from jobs.contract.settings import Sequence
from jobs.training.sequence.model import PADDING, new_model, next_item_loss
from jobs.training.sequence.vectors import freeze, vectors_of_texts

SETTINGS = Sequence(dim=8, blocks=2, heads=2, max_length=6, free_norm=0.5)
TEXTS = torch.eye(5, 12)


def _model(texts=None, n_items=5):
    return new_model(SETTINGS, n_items, texts, seed=1).eval()


def test_a_position_knows_nothing_of_later_ones():
    model = _model()
    vectors = model.item_vectors()
    whole, other = (model(torch.tensor([row]), vectors) for row in ([0, 1, 2, 3], [0, 1, 4, 4]))
    assert torch.allclose(whole[0, :2], other[0, :2], atol=1e-6)
    assert not torch.allclose(whole[0, 2], other[0, 2], atol=1e-3)


def test_padding_changes_no_real_position():
    model = _model()
    vectors = model.item_vectors()
    short, padded = (model(torch.tensor([row]), vectors) for row in ([0, 1], [0, 1, PADDING, PADDING]))
    assert torch.allclose(short[0], padded[0, :2], atol=1e-6)


def test_an_item_lies_no_further_from_its_text_than_the_bound():
    model = _model(TEXTS)
    with torch.no_grad():
        model.free[:] = 100
        apart = model.item_vectors() - model.project(TEXTS)
    assert apart.norm(dim=1).tolist() == pytest.approx([0.5] * 5, abs=1e-5)


def test_an_item_nobody_took_lies_where_its_text_says():
    model = _model(TEXTS)
    with torch.no_grad():
        model.free[:] = 0
    texts = TEXTS[:2].numpy()
    assert np.allclose(vectors_of_texts(model, texts), freeze(model, SETTINGS, "last").item_vectors[:2], atol=1e-6)
    assert vectors_of_texts(_model(), texts) is None


def test_the_loss_is_the_mean_over_real_next_items():
    model = _model()
    vectors = model.item_vectors()
    states = model(torch.tensor([[0, 1]]), vectors)[0]
    by_hand = -(states @ vectors.T).log_softmax(dim=1)[[0, 1], [1, 2]].mean()
    loss = next_item_loss(model, torch.tensor([[0, 1, 2, PADDING], [3, PADDING, PADDING, PADDING]]), None)
    assert loss.item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_sampled_negatives_never_count_the_wanted_item_against_itself():
    model = _model(n_items=2)
    vectors = model.item_vectors()
    states = model(torch.tensor([[0]]), vectors)[0]
    one, other = (states @ vectors.T)[0].tolist()
    # Of two items every negative that may count is item 0.
    for seed in range(5):
        torch.manual_seed(seed)
        drawn = int((torch.randint(2, (4,)) == 0).sum())
        torch.manual_seed(seed)
        loss = next_item_loss(model, torch.tensor([[0, 1]]), n_negatives=4).item()
        assert loss == pytest.approx(np.log(np.exp(other) + drawn * np.exp(one)) - other, abs=1e-5)
