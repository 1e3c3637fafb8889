"""What the sources say of each candidate, two numbers a source: its place in the list, and how far above the end.

Ranks are steady where scores are not; scores tell a clear first from one among equals, which ranks cannot.
"""

import numpy as np

from jobs.ranking.block import Block
from jobs.ranking.fusion import FloatArray, shares

_A_DEVIATION = np.float32(0.2)
"""What a standard deviation counts: about the spread of reciprocal ranks, so that weights of both kinds compare."""


def signals(block: Block) -> FloatArray:
    """Return float32[n_pairs, 2 * n_sources], none below 0: first every source's reciprocal rank, then every height.

    A height is the score less the lowest that the source gave the user, in standard deviations of all it gave.
    Both are 0 where the source did not name the item.
    """
    scores = standardised_by_source(block)
    if not len(scores):
        return np.zeros((0, 2 * scores.shape[1]), dtype=np.float32)
    lowest = np.fmin.reduceat(scores, block.starts[:-1], axis=0)
    heights = np.nan_to_num((scores - lowest[block.user_of]) * _A_DEVIATION, nan=0.0)
    return np.column_stack([shares(block.ranks), heights])


def standardised_by_source(block: Block) -> FloatArray:
    """Return float32[n_pairs, n_sources]: scores standardised among those that a source gave a user, NaN for others."""
    if not len(block):
        return block.scores
    named = block.rows >= 0
    values = np.where(named, block.scores, 0).astype(np.float64)
    starts, user_of = block.starts[:-1], block.user_of
    count = np.maximum(np.add.reduceat(named, starts, axis=0), 1)
    mean = np.add.reduceat(values, starts, axis=0) / count
    centred = np.where(named, values - mean[user_of], 0)
    spread = np.sqrt(np.add.reduceat(centred**2, starts, axis=0) / count)
    scaled = centred / np.where(spread > 0, spread, 1)[user_of]
    return np.where(named, scaled, np.nan).astype(np.float32)
