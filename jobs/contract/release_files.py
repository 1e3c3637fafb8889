"""The small files of a release that a server keeps in memory: the item map and the popular list.

They need msgspec, which a DAG file's environment may lack: import this module from jobs and serving only.
"""

from pathlib import Path

import msgspec

from jobs.contract.errors import ReleaseError


class ItemMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every item of a release; the lists run parallel.

    The first ``n_indexed`` items lie in Annoy order: position i is Annoy's item i. Items without a vector follow.
    Both parts are sorted by item id.
    """

    n_indexed: int
    """Items of the Annoy index."""
    ids: list[str]
    titles: list[str]
    categories: list[list[str]]
    available_from: list[int | None]
    """First second at which the item may be shown, epoch seconds; None = always was."""
    available_until: list[int | None]
    """First second at which the item may no longer be shown, epoch seconds; None = no end."""


class Fallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The popular list for users without one of their own; the lists run parallel, best first, ties by item id."""

    ids: list[str]
    scores: list[float]
    """Distinct users who liked the item."""


def read_item_map(path: Path) -> ItemMap:
    """Return the item map in ``path``.

    Raises:
        ReleaseError: If it is damaged, or its lists are not equally long.
    """
    try:
        item_map = msgspec.msgpack.decode(path.read_bytes(), type=ItemMap)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{path} is not an item map: {error}.") from None
    names = ("ids", "titles", "categories", "available_from", "available_until")
    lengths = [len(getattr(item_map, name)) for name in names]
    if len(set(lengths)) > 1 or item_map.n_indexed > len(item_map.ids):
        raise ReleaseError(f"{path} holds lists of lengths {lengths}, {item_map.n_indexed} indexed: expected equal.")
    return item_map


def write_item_map(path: Path, item_map: ItemMap) -> None:
    """Write the item map as one msgpack value."""
    path.write_bytes(msgspec.msgpack.encode(item_map))


def read_fallback(path: Path) -> Fallback:
    """Return the popular list in ``path``.

    Raises:
        ReleaseError: If it is damaged, or its lists are not equally long.
    """
    try:
        fallback = msgspec.json.decode(path.read_bytes(), type=Fallback)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReleaseError(f"{path} is not a popular list: {error}.") from None
    if len(fallback.ids) != len(fallback.scores):
        raise ReleaseError(f"{path} holds {len(fallback.ids)} ids and {len(fallback.scores)} scores: expected equal.")
    return fallback


def write_fallback(path: Path, fallback: Fallback) -> None:
    """Write the popular list as JSON."""
    path.write_bytes(msgspec.json.encode(fallback))
