import numpy as np
import pytest
import torch

from jobs.contract.settings import Sequence
from jobs.training.sequence.model import PADDING, Negatives, new_model, next_item_loss
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


def test_negatives_are_drawn_by_the_square_root_of_popularity():
    negatives = Negatives.by_popularity(3, torch.tensor([9, 1, 0, 16]))
    assert negatives.chances.tolist() == pytest.approx([3 / 8, 1 / 8, 0, 4 / 8])


def test_sampled_negatives_never_count_the_wanted_item_against_itself():
    model = _model(n_items=2)
    vectors = model.item_vectors()
    one, other = (model(torch.tensor([[0]]), vectors)[0] @ vectors.T)[0].tolist()
    # Of two items every negative that may count is item 0, which stands for 1 / (4 x .75) of itself a draw.
    negatives = Negatives(4, torch.tensor([0.75, 0.25]))
    for seed in range(5):
        torch.manual_seed(seed)
        drawn = int((torch.multinomial(negatives.chances, 4, replacement=True) == 0).sum())
        torch.manual_seed(seed)
        loss = next_item_loss(model, torch.tensor([[0, 1]]), negatives).item()
        assert loss == pytest.approx(np.log(np.exp(other) + drawn / 3 * np.exp(one)) - other, abs=1e-5)


def test_with_many_negatives_the_sampled_loss_is_the_loss_over_all_items():
    model = _model()
    torch.nn.init.normal_(model.free, generator=torch.Generator().manual_seed(0))
    items = torch.tensor([[0, 1, 2, 3]])
    torch.manual_seed(0)
    sampled = next_item_loss(model, items, Negatives(50_000, torch.tensor([0.4, 0.1, 0.2, 0.1, 0.2])))
    assert sampled.item() == pytest.approx(next_item_loss(model, items, None).item(), rel=0.02)
