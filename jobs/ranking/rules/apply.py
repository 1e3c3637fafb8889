"""A user's list through all rules that are on.

They run in one order, and a later one has the last word: exclusions, boosts, diversity, category cap, exposure floor,
exploration, pins. So what the floor, exploration or a pin adds may go past a cap, and a pin is always at its place.
"""

from collections.abc import Callable
from dataclasses import dataclass

from jobs.ranking.rules.boosts import boost
from jobs.ranking.rules.category_cap import cap_categories
from jobs.ranking.rules.diversity import diversify
from jobs.ranking.rules.exclusions import exclude
from jobs.ranking.rules.exploration import explore, seeded_generator
from jobs.ranking.rules.exposure_floor import lift_tail
from jobs.ranking.rules.listing import IntArray, Listing
from jobs.ranking.rules.pins import pin
from jobs.ranking.rules.rulebook import Rulebook


@dataclass(frozen=True)
class _Viewer:
    """Whom a list is for, and how much of it is shown."""

    user: str
    banned: IntArray
    k: int
    seed: int


def apply_rules(  # noqa: PLR0913 - a list, whose it is, and the rules
    listing: Listing, user: str, book: Rulebook, banned: IntArray, k: int, seed: int
) -> Listing:
    """Return the k items that the user is shown.

    Without an active rule these are the listing's first k, untouched.

    Args:
        listing: All the user's ranked candidates, eligible ones, best first, without the banned: rules reach below k.
        user: The user's id, on which chance depends.
        book: The rules.
        banned: int[n_banned], rising: items that no rule may add to this user's list, for instance those already seen.
        k: Items of a list.
        seed: Of chance; the caller folds the run's date into it, so that each night explores other items.
    """
    viewer = _Viewer(user, banned, k, seed)
    for name in book.active:
        listing = _STEPS[name](listing, book, viewer)
    return listing.first(k)


def _boosts(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    return boost(listing, book.factors)


def _exclusions(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    return exclude(listing, book.excluded)


def _diversity(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    if book.catalogue.vectors is None:
        return listing
    asked = book.rules.diversity
    return diversify(listing, book.catalogue.vectors, asked.relevance_weight, asked.depth)


def _category_cap(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    asked = book.rules.category_cap
    return cap_categories(listing, book.catalogue.categories, asked.max_per_category, asked.window, viewer.k)


def _exposure_floor(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    asked = book.rules.exposure_floor
    return lift_tail(listing, book.catalogue.tail, asked.share, asked.window, viewer.k)


def _exploration(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    rng = seeded_generator(viewer.seed, viewer.user)
    return explore(listing, book.pool, viewer.banned, book.rules.exploration.every, viewer.k, rng)


def _pins(listing: Listing, book: Rulebook, viewer: _Viewer) -> Listing:
    return pin(listing, book.pinned, book.pinned_places, viewer.banned, viewer.k)


_STEPS: dict[str, Callable[[Listing, Rulebook, _Viewer], Listing]] = {
    "exclusions": _exclusions,
    "boosts": _boosts,
    "diversity": _diversity,
    "category_cap": _category_cap,
    "exposure_floor": _exposure_floor,
    "exploration": _exploration,
    "pins": _pins,
}
