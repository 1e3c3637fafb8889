"""Put items at given places of a listing."""

import numpy as np

from jobs.ranking.rules.listing import FloatArray, IntArray, Listing, PlacedBy


def insert(listing: Listing, items: IntArray, places: IntArray, by: PlacedBy) -> Listing:
    """Return the listing with the items at their places, all others in their order around them.

    An item that is in the listing is moved and keeps its score; one that is not gets the score of the item it pushes
    down, or of the last one where it pushes none (0 in an empty listing), so that scores stay numbers of one scale. An
    item that stood at its place already keeps what placed it there.

    Args:
        listing: One user's items.
        items: int32[m], distinct.
        places: int64[m], from 0, rising and distinct; past the end an item comes at the end.
        by: The rule.
    """
    found = listing.items[:, None] == items[None, :]  # bool[n, m]
    old = np.where(found.any(axis=0), found.argmax(axis=0) if len(listing) else 0, -1)
    rest = listing.take(~found.any(axis=1))
    new = np.minimum(places, len(rest) + np.arange(len(items)))
    n = len(rest) + len(items)
    kept = np.ones(n, dtype=bool)
    kept[new] = False
    moved = Listing(np.empty(n, np.int32), np.empty(n, np.float32), np.empty(n, np.int8))
    moved.items[kept], moved.scores[kept], moved.placed_by[kept] = rest.items, rest.scores, rest.placed_by
    moved.items[new] = items
    moved.placed_by[new] = by
    moved.scores[new] = _neighbours_scores(rest, new - np.arange(len(items)))
    inside = old >= 0
    moved.scores[new[inside]] = listing.scores[old[inside]]
    unmoved = inside & (old == new)
    moved.placed_by[new[unmoved]] = listing.placed_by[old[unmoved]]
    return moved


def _neighbours_scores(rest: Listing, places: IntArray) -> FloatArray:
    if not len(rest):
        return np.zeros(len(places), dtype=np.float32)
    return rest.scores[np.minimum(places, len(rest) - 1)]
