"""Move items up or down by a factor of their place."""

import numpy as np

from jobs.ranking.rules.listing import FloatArray, Listing, PlacedBy


def boost(listing: Listing, factors: FloatArray) -> Listing:
    """Return the listing with each item as if ranked at its place divided by its factor.

    Places rather than scores, since a ranker's scores may be any real numbers and mean another thing every night. An
    item of factor 2 at place 10 comes to place 5, above what stood there; one of factor 0.5 at place 5 goes to
    place 10. Items of equal factors keep their order.

    Args:
        listing: One user's items.
        factors: float32[n_items], positive; 1 = not boosted.
    """
    own = factors[listing.items].astype(np.float64)
    if (own == 1).all():
        return listing
    aimed = np.arange(1, len(listing) + 1) / own
    order = np.lexsort((-own, aimed))
    raised = (own[order] > 1) & (order > np.arange(len(listing)))
    return listing.reordered(order, raised, PlacedBy.BOOSTS)
