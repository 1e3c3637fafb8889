"""Let no category crowd the places that are seen together."""

import numpy as np

from jobs.ranking.rules.catalogue import ItemCategories
from jobs.ranking.rules.listing import Listing, PlacedBy

_Codes = list[list[int]]


def cap_categories(listing: Listing, categories: ItemCategories, max_per_category: int, window: int, k: int) -> Listing:
    """Return the listing with at most ``max_per_category`` items of a category in each block of ``window`` places.

    Blocks are filled from the top: an item past the cap waits for the next block, where it stands before those ranked
    below it. Where only waiting items are left, they fill the block all the same: nothing is dropped. An item counts
    in each of its categories; one without any is never past a cap. An item that reached a higher block than the
    ranker's order gave it was placed by this rule.

    Args:
        listing: One user's items.
        categories: Of all items.
        max_per_category: At least 1.
        window: Places of a block.
        k: Places that will be shown; what lies past their last block keeps its order.
    """
    own = categories.of(listing.items)
    waiting, order = list(range(len(listing))), list[int]()
    while waiting and len(order) < k:
        block, waiting = _fill(waiting, own, max_per_category, window)
        order += block
    order += waiting
    new = np.array(order, dtype=np.int64)
    return listing.reordered(new, new // window > np.arange(len(new)) // window, PlacedBy.CATEGORY_CAP)


def _fill(waiting: list[int], own: _Codes, max_per_category: int, window: int) -> tuple[list[int], list[int]]:
    """Return the old places that make the next block, and those that wait on, both in their order."""
    counts: dict[int, int] = {}
    full: set[int] = set()
    block: list[int] = []
    passed: list[int] = []
    for position, place in enumerate(waiting):
        if len(block) == window:
            return block, passed + waiting[position:]
        if not full.isdisjoint(own[place]):
            passed.append(place)
            continue
        block.append(place)
        for code in own[place]:
            counts[code] = counts.get(code, 0) + 1
            if counts[code] == max_per_category:
                full.add(code)
    n_missing = window - len(block)
    return block + passed[:n_missing], passed[n_missing:]
