"""A causal transformer over what a user took, whose states lie in the space of item vectors.

Source: Kang and McAuley 2018 (SASRec) for the architecture; pre-norm blocks and a softmax over the whole catalogue
instead of one sampled negative (Klenitskiy and Vasilev 2023). An item's vector is its projected text embedding plus a
trainable part of bounded length, so that an item nobody took yet lies where its text says.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from jobs.contract.settings import Sequence

PADDING = -1


class SequenceModel(nn.Module):
    """Item vectors, and a state for every position of a sequence."""

    def __init__(self, settings: Sequence, n_items: int, texts: Tensor | None) -> None:
        """Build the model.

        Args:
            settings: Width, depth, dropout, longest sequence.
            n_items: Items.
            texts: float32[n_items, text_dim], unit rows or zeros; None without texts. Never trained.
        """
        super().__init__()
        self.bound = settings.free_norm if texts is not None else None
        self.free = nn.Parameter(torch.randn(n_items, settings.dim) * 0.02)
        self.texts = None if texts is None else nn.Buffer(texts, persistent=False)
        self.project = None if texts is None else nn.Linear(texts.shape[1], settings.dim, bias=False)
        self.position = nn.Parameter(torch.randn(settings.max_length, settings.dim) * 0.02)
        self.dropout = nn.Dropout(settings.dropout)
        self.blocks = nn.ModuleList(Block(settings) for _ in range(settings.blocks))
        self.norm = nn.LayerNorm(settings.dim)

    def item_vectors(self) -> Tensor:
        """Return float32[n_items, dim]."""
        if self.project is None or self.texts is None or self.bound is None:
            return self.free
        length = self.free.norm(dim=1, keepdim=True).clamp(min=1e-6)
        return self.project(self.texts) + self.free * (self.bound / length).clamp(max=1.0)

    def forward(self, items: Tensor, vectors: Tensor) -> Tensor:
        """Return float32[n, length, dim]: at each position, where the next item is looked for.

        Args:
            items: int64[n, length], oldest first, padded with PADDING at the end.
            vectors: From ``item_vectors``.
        """
        known = vectors[items.clamp(min=0)] * vectors.shape[1] ** 0.5
        states = self.dropout(known + self.position[: items.shape[1]])
        for block in self.blocks:
            states = block(states)
        return self.norm(states)


def new_model(settings: Sequence, n_items: int, texts: Tensor | None, seed: int) -> SequenceModel:
    """Return an untrained model, on a GPU if there is one; the same seed gives the same weights."""
    torch.manual_seed(seed)
    return SequenceModel(settings, n_items, texts).to("cuda" if torch.cuda.is_available() else "cpu")


class Block(nn.Module):
    """Self-attention and a feed-forward layer, each behind a norm and around a residual."""

    def __init__(self, settings: Sequence) -> None:
        """Build a block of the settings' width."""
        super().__init__()
        dim = settings.dim
        self.heads = settings.heads
        self.rate = settings.dropout
        self.before_attention = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)
        self.before_feed = nn.LayerNorm(dim)
        self.feed = nn.Sequential(
            nn.Linear(dim, 4 * dim), nn.GELU(), nn.Dropout(settings.dropout), nn.Linear(4 * dim, dim)
        )
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, states: Tensor) -> Tensor:
        """Return float32[n, length, dim]; a position sees itself and earlier ones only."""
        n, length, dim = states.shape
        parts = self.qkv(self.before_attention(states)).view(n, length, 3, self.heads, dim // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        rate = self.rate if self.training else 0.0
        seen = functional.scaled_dot_product_attention(query, key, value, dropout_p=rate, is_causal=True)
        states = states + self.dropout(self.out(seen.transpose(1, 2).reshape(n, length, dim)))
        return states + self.dropout(self.feed(self.before_feed(states)))


@dataclass(frozen=True)
class Negatives:
    """What a sampled loss draws beside the next item.

    Attributes:
        n: Items drawn, shared by a batch; one may come more than once.
        chances: float32[n_items], each item's chance in a draw.
    """

    n: int
    chances: Tensor

    @classmethod
    def by_popularity(cls, n: int, counts: Tensor) -> "Negatives":
        """Return ``n`` negatives by the square root of how often items were taken, int64[n_items].

        Uniform ones are nearly all from the tail of a large catalogue: no state ever has to tell the next item from
        the other popular ones.
        """
        chances = counts.float().sqrt()
        return cls(n, chances / chances.sum())


def next_item_loss(model: SequenceModel, items: Tensor, negatives: Negatives | None) -> Tensor:
    """Return the mean negative log-likelihood of each next item.

    Args:
        model: The model.
        items: int64[n, length], padded with PADDING at the end.
        negatives: None = softmax over every item; else over the next item and drawn ones, each counting for as many
            as its chance makes it stand for (the logQ correction of Bengio and Senecal 2008), so that the sum under
            the fraction is right on average.
    """
    vectors = model.item_vectors()
    states = model(items[:, :-1], vectors)
    wanted = items[:, 1:]
    real = wanted != PADDING
    states, wanted = states[real], wanted[real]
    if negatives is None:
        return functional.cross_entropy(states @ vectors.T, wanted)
    drawn = torch.multinomial(negatives.chances, negatives.n, replacement=True)
    others = states @ vectors[drawn].T - (negatives.n * negatives.chances[drawn]).log()
    others = others.masked_fill(drawn[None, :] == wanted[:, None], float("-inf"))
    own = (states * vectors[wanted]).sum(dim=1, keepdim=True)
    return functional.cross_entropy(torch.cat([own, others], dim=1), torch.zeros_like(wanted))
