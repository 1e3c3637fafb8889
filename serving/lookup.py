"""A user's list: the row that was published, filtered by what changed since, topped up from the popular list."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from jobs.contract.reasons import BY_RELATION, Reason, sentence
from serving.cursor import Cursor, encode_cursor
from serving.online_rows import StoreError, UserRow
from serving.overlay import Overlay
from serving.parameters import Filters
from serving.release import Release
from serving.responses import Fallback, Item, Recommendations, new_impression_id

ARM = "current"
POPULAR = "popular"


@dataclass(frozen=True)
class Served:
    """What answers requests: a release and the overlay over it, swapped as one reference."""

    release: Release
    overlay: Overlay


class _Place(NamedTuple):
    """An item that may be shown, and where it stands in the row followed by the popular list."""

    position: int
    item_id: str


def read_rows(served: Served, user_ids: list[str]) -> tuple[list[UserRow | None], bool]:
    """Return each user's row and whether the store failed; an erased user has no row, and is not asked for."""
    erased = served.overlay.erased_users
    known = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in erased]
    if not known:
        return [None] * len(user_ids), False
    try:
        rows = dict(zip(known, served.release.rows.read(known), strict=True))
    except StoreError:
        return [None] * len(user_ids), True
    return [rows.get(user_id) for user_id in user_ids], False


def recommend(  # noqa: PLR0913 - a user, what is known of them, and what was asked
    served: Served,
    user_id: str,
    row: UserRow | None,
    fallback: Fallback | None,
    filters: Filters,
    now: float,
    cursor: Cursor | None = None,
) -> Recommendations:
    """Return a user's answer.

    Args:
        served: Release and overlay.
        user_id: As asked.
        row: The user's row, or None for the popular list.
        fallback: Why it is the popular list, or None for the user's own.
        filters: What was asked for.
        now: Epoch seconds, for availability.
        cursor: Where an earlier page ended, of this release.
    """
    release = served.release
    start, rank = (cursor.position, cursor.rank) if cursor else (0, 0)
    places = _servable(served, row, filters, start, now)
    shown = list(islice(places, filters.k))
    # A degraded answer has no next page: once the store is back, the list is another.
    after = next(places, None) if fallback != "degraded" else None
    items = [_item(served, row, place, rank + n) for n, place in enumerate(shown, start=1)]
    following = None if after is None else Cursor(release.release_id, after.position, rank + len(items))
    return Recommendations(
        release=release.release_id,
        arm=ARM,
        impression_id=new_impression_id(),
        user_id=user_id,
        fallback=fallback,
        items=items,
        next=encode_cursor(following) if following else None,
    )


def _servable(served: Served, row: UserRow | None, filters: Filters, start: int, now: float) -> Iterator[_Place]:
    catalogue, withdrawn = served.release.catalogue, served.overlay.withdrawn_items
    for place in _sequence(served.release, row, start):
        item_id = place.item_id
        if item_id in withdrawn or item_id in filters.exclude or not catalogue.available(item_id, now):
            continue
        if filters.category is None or catalogue.has_category(item_id, filters.category):
            yield place


def _sequence(release: Release, row: UserRow | None, start: int) -> Iterator[_Place]:
    own = row.item_ids if row else ()
    for position in range(start, len(own)):
        yield _Place(position, own[position])
    popular = release.fallback.ids
    taken = set(own)
    for offset in range(max(0, start - len(own)), len(popular)):
        if popular[offset] not in taken:
            yield _Place(len(own) + offset, popular[offset])


def _item(served: Served, row: UserRow | None, place: _Place, rank: int) -> Item:
    release = served.release
    verb = release.manifest.verb
    title = release.catalogue.title(place.item_id)
    n_own = len(row.item_ids) if row else 0
    if row is None or place.position >= n_own:
        score = release.fallback.scores[place.position - n_own]
        return Item(place.item_id, title, rank, score, sentence(Reason.POPULAR, verb, []), [POPULAR])
    evidence = (row.evidence_first[place.position], row.evidence_second[place.position])
    shown = [item_id for item_id in evidence if item_id and item_id not in served.overlay.withdrawn_items]
    code = row.reasons[place.position]
    if evidence[0] not in shown:
        code = code.partition(BY_RELATION)[0]  # the relation was to the item that may not be named
    titles = [release.catalogue.title(item_id) for item_id in shown]
    mask = row.sources[place.position]
    sources = [source for bit, source in enumerate(release.manifest.sources) if mask >> bit & 1]
    reason = sentence(code, verb, titles)
    return Item(place.item_id, title, rank, row.scores[place.position], reason, sources)
