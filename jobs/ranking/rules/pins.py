"""Put items where somebody decided they belong."""

import numpy as np

from jobs.ranking.rules.insertion import insert
from jobs.ranking.rules.listing import IntArray, Listing, PlacedBy


def pin(listing: Listing, items: IntArray, places: IntArray, banned: IntArray, k: int) -> Listing:
    """Return the listing with the pinned items at their places, candidates or not, but for what the user may not see.

    Args:
        listing: One user's items.
        items: int32[m], distinct.
        places: int64[m], from 0, rising and distinct; from k on nothing is pinned.
        banned: int[n_banned], items that this user must not see, rising.
        k: Places that will be shown.
    """
    allowed = (places < k) & ~np.isin(items, banned)
    return insert(listing, items[allowed], places[allowed], PlacedBy.PINS) if allowed.any() else listing
