"""The items of a release: where each lies, what it is called, and whether it may be shown now."""

from datetime import datetime, timedelta

from jobs.contract.release_files import ItemMap

ARCHIVE_AGE = timedelta(days=30)
"""Data that were older than this when the release was made are an archive: nobody withdraws items from it any more."""


class Catalogue:
    """Lookups by item id over a release's item map.

    Availability is judged by the wall clock, so that an item leaves the lists in the second it ends. A release of an
    archive, made over 30 days after its data end, is judged at the end of its data (``as_of``) instead: by the wall
    clock all of it would be over.
    """

    def __init__(self, item_map: ItemMap, as_of: datetime, created_at: datetime) -> None:
        self.ids = item_map.ids
        self.n_indexed = item_map.n_indexed
        self._titles = item_map.titles
        self._categories = item_map.categories
        self._positions = {item_id: position for position, item_id in enumerate(item_map.ids)}
        self._windows = {
            item_id: (start, end)
            for item_id, start, end in zip(item_map.ids, item_map.available_from, item_map.available_until, strict=True)
            if start is not None or end is not None
        }
        self._fixed_clock = as_of.timestamp() if created_at - as_of > ARCHIVE_AGE else None

    def position(self, item_id: str) -> int | None:
        """Return the item's place in the map, or None if the release does not know it."""
        return self._positions.get(item_id)

    def title(self, item_id: str) -> str:
        """Return the item's title; an unknown item is called by its id."""
        position = self._positions.get(item_id)
        return item_id if position is None else self._titles[position]

    def has_category(self, item_id: str, category: str) -> bool:
        """Return whether the item is of ``category``, compared exactly."""
        position = self._positions.get(item_id)
        return position is not None and category in self._categories[position]

    def available(self, item_id: str, now: float) -> bool:
        """Return whether the item may be shown at ``now`` (epoch seconds), from its start up to but not at its end."""
        window = self._windows.get(item_id)
        if window is None:
            return True
        start, end = window
        clock = now if self._fixed_clock is None else self._fixed_clock
        return (start is None or start <= clock) and (end is None or clock < end)
