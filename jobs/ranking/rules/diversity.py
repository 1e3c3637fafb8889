"""Maximal marginal relevance: each place to the item that is relevant and unlike those above it.

Source: Carbonell and Goldstein 1998. Similarity is the cosine of the items' embeddings; relevance is the ranker's
score scaled to 0..1 within the user's depth, since scores of different users do not compare.
"""

import numpy as np
import numpy.typing as npt

from jobs.ranking.rules.listing import FloatArray, IntArray, Listing, PlacedBy
from jobs.ranking.rules.moves import lifted


def diversify(listing: Listing, vectors: FloatArray, relevance_weight: float, depth: int) -> Listing:
    """Return the listing with its first ``depth`` places in the order of marginal relevance.

    The first item stays first. Cost: depth x depth x dim for the similarities, then depth steps of depth.

    Args:
        listing: One user's items.
        vectors: float32[n_items, dim], unit rows; a row of zeros is like nothing (similarity 0).
        relevance_weight: The method's lambda, 0..1.
        depth: Places reordered.
    """
    depth = min(depth, len(listing))
    if depth < 2:
        return listing
    relevance = scaled_relevance(listing.scores[:depth])
    order = np.arange(len(listing))
    order[:depth] = marginal_order(relevance, vectors[listing.items[:depth]], relevance_weight)
    return listing.reordered(order, lifted(order), PlacedBy.DIVERSITY)


def scaled_relevance(scores: FloatArray) -> FloatArray:
    """Return float32[depth], falling from 1 to 0: the relevance of each place; all 0 where all scores are equal.

    It is the places' rather than the items' own, so that an item which an earlier rule moved counts as where it stands.
    """
    falling = -np.sort(-scores)
    spread = falling[0] - falling[-1]
    return np.asarray((falling - falling[-1]) / spread if spread > 0 else np.zeros_like(falling), dtype=np.float32)


def marginal_order(relevance: FloatArray, vectors: FloatArray, relevance_weight: float) -> IntArray:
    """Return int64[n], places in the order chosen; of equally good ones the upper is chosen first.

    Args:
        relevance: float32[n], best first.
        vectors: float32[n, dim].
        relevance_weight: 0..1.
    """
    worth = np.float32(relevance_weight) * relevance
    closeness = np.float32(1 - relevance_weight) * (vectors @ vectors.T)
    order: npt.NDArray[np.int64] = np.zeros(len(relevance), dtype=np.int64)
    worth[0] = -np.inf  # chosen
    closest = closeness[0].copy()  # to any chosen so far
    for step in range(1, len(relevance)):
        chosen = int(np.argmax(worth - closest))
        order[step] = chosen
        worth[chosen] = -np.inf
        np.maximum(closest, closeness[chosen], out=closest)
    return order
