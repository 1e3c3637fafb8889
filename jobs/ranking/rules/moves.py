"""Which items a new order lifted."""

from bisect import bisect_left

import numpy as np

from jobs.ranking.rules.listing import BoolArray, IntArray


def lifted(order: IntArray) -> BoolArray:
    """Return bool[n], by new place: whether the item stands there because it was taken up.

    When one item is sent down, all that stood below it go up one place, and none of them was lifted. So the order is
    explained by the fewest items that must have been moved - all but a longest increasing run of old places - and of
    these the ones that went up were lifted. Where a swap has two such explanations, the lower item was lifted.

    Args:
        order: int[n], the old place of each new one; a permutation of 0..n-1.

    Source: Schensted 1961, longest increasing subsequence by patience sorting.
    """
    places = order.tolist()
    moved = np.ones(len(places), dtype=bool)
    moved[_longest_increasing(places)] = False
    return moved & (order > np.arange(len(places)))


def _longest_increasing(values: list[int]) -> list[int]:
    """Return the positions of a longest increasing subsequence, last first."""
    smallest: list[int] = []  # the smallest value that ends a run of each length
    at: list[int] = []  # and where it is
    before: list[int] = []
    for position, value in enumerate(values):
        length = bisect_left(smallest, value)
        before.append(at[length - 1] if length else -1)
        if length == len(smallest):
            smallest.append(value)
            at.append(position)
        else:
            smallest[length] = value
            at[length] = position
    run, position = [], at[-1] if at else -1
    while position >= 0:
        run.append(position)
        position = before[position]
    return run
