"""Pinned releases: their files are kept however many newer ones there are."""

from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.errors import ReleaseError, examples
from jobs.contract.home import Home
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.release_ids import is_finished, release_ids

_FILE = "pins.json"


def pinned(home: Home) -> frozenset[str]:
    """Return the ids of pinned releases."""
    path = home.releases / _FILE
    return frozenset(read_json(path)["pinned"]) if path.exists() else frozenset()


def pin(home: Home, release_id: str) -> None:
    """Keep a release's files until it is unpinned.

    Raises:
        ReleaseError: If there is no such release.
    """
    with changing_releases(home, f"pin {release_id}"):
        check_known(home, release_id)
        _write(home, pinned(home) | {release_id})


def unpin(home: Home, release_id: str) -> None:
    """Let ``releases gc`` collect a release again.

    Raises:
        ReleaseError: If it is not pinned.
    """
    with changing_releases(home, f"unpin {release_id}"):
        pins = pinned(home)
        if release_id not in pins:
            raise ReleaseError(f"Release {release_id} is not pinned. Pinned: {examples(sorted(pins)) or 'none'}.")
        _write(home, pins - {release_id})


def check_known(home: Home, release_id: str) -> None:
    """Refuse an id that names no finished release.

    Raises:
        ReleaseError: Naming the newest finished ones.
    """
    finished = [known for known in release_ids(home) if is_finished(home.releases / known)]
    if release_id not in finished:
        newest = examples(reversed(finished)) or "none"
        raise ReleaseError(f"Release {release_id!r} is unknown or was never finished. Finished releases: {newest}.")


def _write(home: Home, pins: frozenset[str]) -> None:
    write_json(home.releases / _FILE, {"pinned": sorted(pins)})
