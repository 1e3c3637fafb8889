"""Give places to long-tail items drawn by chance, so that the next nights learn of them."""

from hashlib import blake2b

import numpy as np

from jobs.ranking.rules.insertion import insert
from jobs.ranking.rules.listing import IntArray, Listing, PlacedBy


def seeded_generator(seed: int, user: str) -> np.random.Generator:
    """Return a generator that depends on seed and user alone, on no process and no order of users."""
    digest = blake2b(f"{seed}\0{user}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def explore(  # noqa: PLR0913 - a list, where its items come from, and chance
    listing: Listing, pool: IntArray, banned: IntArray, every: int, k: int, rng: np.random.Generator
) -> Listing:
    """Return the listing with an item of the pool at each ``every``-th of its first k places.

    Drawn are items of the pool that are neither banned nor among the first k anyway, uniformly and without
    replacement: with p such items, each has the propensity 1/p of a given place. Where fewer are left than places,
    the upper places are filled.

    Args:
        listing: One user's items.
        pool: int[n_pool], items that may be drawn, rising.
        banned: int[n_banned], items that this user must not see, rising.
        every: At least 2.
        k: Places that will be shown.
        rng: Chance.
    """
    n_shown = min(len(listing), k)
    taken = _positions(pool, np.concatenate([banned, listing.items[:n_shown]]))
    n_free = len(pool) - len(taken)
    n_places = min(k // every, n_shown // (every - 1), n_free)
    if n_places <= 0:
        return listing
    ranks = rng.choice(n_free, size=n_places, replace=False)
    # The r-th free item: as many places further on as taken ones lie before it.
    drawn = pool[ranks + np.searchsorted(taken - np.arange(len(taken)), ranks, side="right")]
    places = every * np.arange(1, n_places + 1) - 1
    return insert(listing, drawn.astype(np.int32), places, PlacedBy.EXPLORATION)


def _positions(pool: IntArray, items: IntArray) -> IntArray:
    """Return where in the pool the items are, rising; those that it does not hold are left out."""
    at = np.searchsorted(pool, items)
    inside = at < len(pool)
    at, items = at[inside], items[inside]
    return np.unique(at[pool[at] == items])
