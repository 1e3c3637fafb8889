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
    scores = block.standardised
    if not len(scores):
        return np.zeros((0, 2 * scores.shape[1]), dtype=np.float32)
    lowest = np.fmin.reduceat(scores, block.starts[:-1], axis=0)
    heights = np.nan_to_num((scores - lowest[block.user_of]) * _A_DEVIATION, nan=0.0)
    return np.column_stack([shares(block.ranks), heights])
