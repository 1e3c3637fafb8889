"""What changed since the release was made: items withdrawn and users erased, checked before anything of the release."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from jobs.contract.errors import ReleaseError

OVERLAY = "OVERLAY.json"


class Overlay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the overlay; versions only grow, whichever release is current."""

    version: Annotated[int, Meta(ge=0)] = 0
    withdrawn_items: frozenset[str] = frozenset()
    """Items that appear nowhere: not in lists, not as neighbours, not in reasons."""
    erased_users: frozenset[str] = frozenset()
    """Users that are unknown here, whatever rows a release still holds."""


def read_overlay(folder: Path) -> Overlay:
    """Return the overlay in force; an absent one is empty.

    Raises:
        ReleaseError: If it is damaged: serving without it could show what was erased.
    """
    path = folder / OVERLAY
    try:
        return msgspec.json.decode(path.read_bytes(), type=Overlay)
    except FileNotFoundError:
        return Overlay()
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        raise ReleaseError(f"{path} is damaged ({error}): write it again.") from None


def overlay_signature(folder: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the overlay is written: inode, time and size; None while it is absent."""
    try:
        found = (folder / OVERLAY).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
