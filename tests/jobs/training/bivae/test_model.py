import numpy as np
import torch

from jobs.training.bivae.model import Encoder, UserEncoder, negative_elbo


def test_the_bound_by_hand() -> None:
    rows = torch.tensor([[1.0, 0.0]])
    mean, scale = torch.tensor([[[1.0]]]), torch.tensor([[[0.5]]])
    drawn, others = torch.tensor([[[2.0]]]), torch.tensor([[[1.0], [-1.0]]])
    p = 1 / (1 + np.exp(-np.array([2.0, -2.0])))
    likelihood = np.log(p[0]) - p.sum()
    divergence = 0.5 * (1 + 0.25 - 1 - 2 * np.log(0.5))
    assert np.isclose(negative_elbo(rows, mean, scale, drawn, others).item(), divergence - likelihood)


def test_two_starts_count_apart_and_rows_on_average() -> None:
    rows = torch.rand(3, 4).round()
    mean, scale, drawn = torch.randn(2, 3, 5), torch.rand(2, 3, 5) + 0.1, torch.randn(2, 3, 5)
    others = torch.randn(2, 4, 5)
    whole = negative_elbo(rows, mean, scale, drawn, others)
    parts = []
    for start in range(2):
        for row in range(3):
            own = [values[start : start + 1, row : row + 1] for values in (mean, scale, drawn)]
            parts.append(negative_elbo(rows[row : row + 1], *own, others[start : start + 1]))
    torch.testing.assert_close(whole, sum(parts) / 3)


def test_without_torch_a_user_lies_where_the_encoder_puts_the_mean() -> None:
    torch.manual_seed(0)
    encoder = Encoder(n_inputs=6, starts=3, hidden=4, dim=2)
    rows = torch.tensor([[1.0, 0, 1, 0, 0, 1], [0, 1.0, 0, 0, 0, 0]])
    with torch.no_grad():
        encoder.first_bias.normal_()
        encoder.heads_bias.normal_()
        mean, scale = encoder(rows)
    own = UserEncoder.of(encoder)
    found = own.vectors(rows.numpy() @ own.first)
    np.testing.assert_allclose(found, mean.transpose(0, 1).reshape(2, 6).numpy(), rtol=1e-5, atol=1e-6)
    assert mean.shape == scale.shape == (3, 2, 2)
    assert (scale > 0).all()
    assert (scale < 1).all()
