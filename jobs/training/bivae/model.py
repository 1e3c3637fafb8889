"""A bilateral variational autoencoder: users and items each encoded from whom or what they met, scored by dot product.

Source: Truong, Salah and Lauw 2021 (BiVAE), with their Poisson likelihood. Several models from different starts are
trained side by side as one batch of matrices: the mean of their scores is better than any of them (EXPERIMENTS.md),
and it still is one dot product, of their vectors laid end to end.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from jobs.vectors.top_k import FloatArray


class Encoder(nn.Module):
    """From rows of the matrix of users and items to a normal distribution of vectors, once a start."""

    def __init__(self, n_inputs: int, starts: int, hidden: int, dim: int) -> None:
        """Draw the first weights (Glorot and Bengio 2010)."""
        super().__init__()
        self.first = nn.Parameter(_drawn(n_inputs, starts * hidden, bound=(6 / (n_inputs + hidden)) ** 0.5))
        self.first_bias = nn.Parameter(torch.zeros(starts * hidden))
        self.heads = nn.Parameter(_drawn(starts, hidden, 2 * dim, bound=(6 / (hidden + dim)) ** 0.5))
        self.heads_bias = nn.Parameter(torch.zeros(starts, 1, 2 * dim))

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return means and deviations, both float32[starts, n, dim], of float32[n, n_inputs]."""
        hidden = torch.tanh(rows @ self.first + self.first_bias)
        by_start = hidden.view(len(rows), len(self.heads), -1).transpose(0, 1)
        mean, scale = torch.baddbmm(self.heads_bias, by_start, self.heads).chunk(2, dim=2)
        return mean, torch.sigmoid(scale)


def negative_elbo(rows: Tensor, mean: Tensor, scale: Tensor, drawn: Tensor, others: Tensor) -> Tensor:
    """Return what training makes small, a row's share of it: the starts' sum of negative evidence lower bounds.

    Args:
        rows: float32[n, n_others], what is to be reproduced.
        mean: float32[starts, n, dim].
        scale: float32[starts, n, dim], deviations.
        drawn: float32[starts, n, dim], vectors drawn from these.
        others: float32[starts, n_others, dim], vectors of the other side.
    """
    logits = drawn @ others.transpose(1, 2)
    likelihood = (rows * functional.logsigmoid(logits) - torch.sigmoid(logits)).sum(dim=2)
    divergence = 0.5 * (mean**2 + scale**2 - 1 - 2 * scale.log()).sum(dim=2)
    return (divergence - likelihood).mean(dim=1).sum()


class UserEncoder(NamedTuple):
    """An encoder's means without torch: what a Spark task needs to place a user."""

    first: FloatArray
    """float32[n_items, starts * hidden]"""
    first_bias: FloatArray
    """float32[starts * hidden]"""
    heads: FloatArray
    """float32[starts, hidden, dim]"""
    heads_bias: FloatArray
    """float32[starts, 1, dim]"""

    @classmethod
    def of(cls, encoder: Encoder) -> "UserEncoder":
        """Return the part of ``encoder`` that gives means."""
        dim = encoder.heads.shape[2] // 2
        parts = (encoder.first, encoder.first_bias, encoder.heads[:, :, :dim], encoder.heads_bias[:, :, :dim])
        return cls(*(np.ascontiguousarray(part.detach().cpu().numpy()) for part in parts))

    def vectors(self, sums: FloatArray) -> FloatArray:
        """Return float32[n, starts * dim] of float32[n, starts * hidden], rows of ``first`` summed over liked items."""
        hidden = np.tanh(sums + self.first_bias).reshape(len(sums), len(self.heads), -1).transpose(1, 0, 2)
        means = hidden @ self.heads + self.heads_bias
        return np.asarray(means.transpose(1, 0, 2).reshape(len(sums), -1), dtype=np.float32)


def _drawn(*shape: int, bound: float) -> Tensor:
    return (torch.rand(shape) * 2 - 1) * bound
