"""Give the long tail its share of the top."""

import math

import numpy as np

from jobs.ranking.rules.listing import BoolArray, Listing, PlacedBy

_ROUNDING = 1e-9  # 0.07 x 100 is a little more than 7


def lift_tail(listing: Listing, tail: BoolArray, share: float, window: int, k: int) -> Listing:
    """Return the listing with at least ``share`` of its first places held by the long tail.

    The missing ones are the user's own best tail items from below. They take the last places of the window, and the
    lowest head items in it make room, going right below it; all else keeps its order. Fewer if the user has fewer.

    Args:
        listing: One user's items.
        tail: bool[n_items].
        share: 0..1 of the first min(window, k) places, rounded up to whole places.
        window: Places that the share is of.
        k: Places that will be shown.
    """
    width = min(window, k, len(listing))
    own = tail[listing.items]
    n_missing = math.ceil(share * width - _ROUNDING) - int(own[:width].sum())
    below = width + np.flatnonzero(own[width:])[: max(n_missing, 0)]
    if not len(below):
        return listing
    leaving = np.flatnonzero(~own[:width])[-len(below) :]
    top = np.setdiff1d(np.arange(width), leaving, assume_unique=True)
    rest = np.setdiff1d(np.arange(width, len(listing)), below, assume_unique=True)
    order = np.concatenate([top, below, leaving, rest])
    return listing.reordered(order, np.isin(order, below), PlacedBy.EXPOSURE_FLOOR)
