"""Leave items out."""

from jobs.ranking.rules.listing import BoolArray, Listing


def exclude(listing: Listing, excluded: BoolArray) -> Listing:
    """Return the listing without excluded items.

    Args:
        listing: One user's items.
        excluded: bool[n_items].
    """
    gone = excluded[listing.items]
    return listing.take(~gone) if gone.any() else listing
