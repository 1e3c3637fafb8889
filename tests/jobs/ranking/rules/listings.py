"""Small listings and catalogues for the tests of rules."""

import numpy as np

from jobs.ranking.rules.catalogue import RuleCatalogue, item_categories
from jobs.ranking.rules.listing import Listing, from_ranker


def listing(*items: int, scores: list[float] | None = None) -> Listing:
    """Items as a ranker gives them; scores fall by one from 100 unless told."""
    given = scores if scores is not None else [100.0 - place for place in range(len(items))]
    return from_ranker(np.array(items, dtype=np.int32), np.array(given, dtype=np.float32))


def mask(n_items: int, *items: int) -> np.ndarray:
    """bool[n_items], true for the items."""
    marked = np.zeros(n_items, dtype=bool)
    marked[list(items)] = True
    return marked


def catalogue(n_items: int, categories=None, vectors=None, ineligible=(), tail=()) -> RuleCatalogue:
    """Items named i0, i1, ... of no category unless told."""
    return RuleCatalogue(
        item_ids=[f"i{item}" for item in range(n_items)],
        categories=item_categories(categories or [None] * n_items),
        vectors=vectors,
        eligible=~mask(n_items, *ineligible),
        tail=mask(n_items, *tail),
    )


def shown(found: Listing) -> list[int]:
    """The items, in order."""
    return found.items.tolist()


def placed(found: Listing) -> list[int]:
    """Who placed each."""
    return found.placed_by.tolist()


NOTHING = np.zeros(0, dtype=np.int32)
