"""An item's nearest neighbours, from the release's Annoy index."""

from serving.lookup import ARM, Served
from serving.problems import ProblemError
from serving.release import Release
from serving.responses import MAX_K, Item, SimilarItems, new_impression_id

_CHOSEN_AT_K = 10
"""The index's search_k was measured at this k; more neighbours need proportionally more search."""
_MAX_ASKED = 2_000
"""Neighbours looked at for one answer: where nearly all items are over, looking on would hold up every request."""
_GROWTH = 4
"""Each time too few of those asked for may be shown, so many times more are."""


def similar(served: Served, item_id: str, k: int, now: float) -> SimilarItems:
    """Return up to k neighbours of an item, nearest first, ties in the order of the index.

    An item that is known but has no vector has no neighbours: the list is empty and ``note`` says why. Withdrawn
    and unavailable items are never neighbours; an item that is merely unavailable may still be asked about. Where
    most items near it are withdrawn or unavailable, the search ends before k are found, and ``note`` says so.

    Raises:
        ProblemError: 404 if the release does not know the item, or it was withdrawn.
    """
    release = served.release
    position = release.catalogue.position(item_id)
    if position is None or item_id in served.overlay.withdrawn_items:
        raise ProblemError(404, "unknown-item", f"Release {release.release_id} has no such item.", item_id)
    reason = f"Similar to {release.catalogue.title(item_id)}"
    sources: list[str] = [release.manifest.index.vectors]
    has_vector = position < release.catalogue.n_indexed
    found = _neighbours(served, position, k, now)[:k] if has_vector else []
    return SimilarItems(
        release=release.release_id,
        arm=ARM,
        impression_id=new_impression_id(),
        item_id=item_id,
        items=[
            Item(neighbour, release.catalogue.title(neighbour), rank, score, reason, sources)
            for rank, (neighbour, score) in enumerate(found, start=1)
        ],
        note=_note(has_vector, len(found), k),
    )


def _neighbours(served: Served, position: int, k: int, now: float) -> list[tuple[str, float]]:
    catalogue, withdrawn = served.release.catalogue, served.overlay.withdrawn_items
    most = min(catalogue.n_indexed, _MAX_ASKED)
    n_asked = min(k + 1, most)  # the item is its own nearest
    while True:
        nearest = [(catalogue.ids[at], score) for at, score in _nearest(served.release, position, n_asked)]
        servable = [
            (item_id, score)
            for item_id, score in nearest
            if item_id != catalogue.ids[position] and item_id not in withdrawn and catalogue.available(item_id, now)
        ]
        if len(servable) >= k or n_asked == most:
            return servable
        n_asked = min(_GROWTH * n_asked, most)


def _note(has_vector: bool, n_found: int, k: int) -> str | None:
    if not has_vector:
        return "The item has no vector in this release."
    return f"Only {n_found} of {k} neighbours that may be shown could be found." if n_found < k else None


def _nearest(release: Release, position: int, n: int) -> list[tuple[int, float]]:
    depth = min(n - 1, MAX_K)  # no search is wider than one for the largest k
    search_k = release.manifest.index.search_k * max(1, -(-depth // _CHOSEN_AT_K))
    found, distances = release.index.get_nns_by_item(position, n, search_k, include_distances=True)
    # Annoy's angular distance is the length of the difference of unit vectors.
    return [(at, 1 - distance * distance / 2) for at, distance in zip(found, distances, strict=True)]
