"""Garbage: files of old releases and killed attempts, and Redis rows of releases that are not served."""

import contextlib
import shutil
from contextlib import closing
from dataclasses import dataclass

import structlog

from jobs.contract.atomic_files import lock
from jobs.contract.errors import LockedError, ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import Pointer, feast_project, read_pointer
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import forget, mark_collected, row_state
from jobs.releases.pins import pinned
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.release_ids import is_finished, order, release_ids, run_id_of

_REMOVING = ".removing-"
_CHUNK = 1_000
log = structlog.get_logger()


@dataclass(frozen=True)
class Garbage:
    """What goes, or would go.

    Attributes:
        releases: Release ids whose folders go.
        rows: Release ids whose rows leave Redis; their folders may stay.
    """

    releases: tuple[str, ...]
    rows: tuple[str, ...]


def collect(settings: Settings, *, dry_run: bool = False) -> Garbage:
    """Remove what no server needs, and return it; a dry run only returns it.

    Raises:
        ReleaseError: If CURRENT is damaged (nothing is removed then), or Redis does not answer.
    """
    home = Home(settings.home)
    with changing_releases(home, "releases gc"):
        return find_garbage(settings) if dry_run else remove_garbage(settings)


def find_garbage(settings: Settings) -> Garbage:
    """Return what would go; the caller holds the pointer lock."""
    home = Home(settings.home)
    pointer = read_pointer(home)
    ids = release_ids(home)
    finished = [release_id for release_id in ids if is_finished(home.releases / release_id)]
    kept = _served(pointer) | pinned(home) | set(finished[-settings.publish.keep_releases :])
    releases = [
        release_id
        for release_id in ids
        if release_id not in kept and (release_id in finished or not _being_written(home, release_id))
    ]
    rows = []
    if settings.online_store != "sqlite":
        online = _served(pointer) | {release_id for release_id in finished if _waits(home, release_id, pointer)}
        gone = row_state(home).collected
        old = [release_id for release_id in finished if release_id not in online | gone]
        rows = sorted({*old, *releases} - gone)
    return Garbage(tuple(releases), tuple(rows))


def remove_garbage(settings: Settings) -> Garbage:
    """Remove what ``find_garbage`` finds: rows first, so that no folder is forgotten before its rows.

    The caller holds the pointer lock.

    Raises:
        ReleaseError: If Redis does not answer.
    """
    home = Home(settings.home)
    garbage = find_garbage(settings)
    if garbage.rows:
        mark_collected(home, set(garbage.rows))
        n_keys = unlink_rows(settings.online_store, [feast_project(release_id) for release_id in garbage.rows])
        log.info("online rows collected", releases=list(garbage.rows), n_keys=n_keys)
    for release_id in garbage.releases:
        _remove_folder(home, release_id)
    for left in home.releases.glob(f"{_REMOVING}*"):
        shutil.rmtree(left)
    if garbage.releases:
        forget(home, set(garbage.releases))
        log.info("releases collected", releases=list(garbage.releases))
    return garbage


def unlink_rows(online_store: str, projects: list[str]) -> int:
    """Remove every key of these Feast projects from Redis, a thousand at a time, and return how many there were.

    A key ends in its project's name. Only projects that are named are touched: other homes may share the Redis.

    Raises:
        ReleaseError: If Redis does not answer.
    """
    import redis

    suffixes = tuple(project.encode() for project in projects)
    n_keys = 0
    chunk: list[bytes] = []
    try:
        with closing(redis.Redis.from_url(online_store)) as client:
            for key in client.scan_iter(match="*nightshelf_*", count=_CHUNK):
                if key.endswith(suffixes):
                    chunk.append(key)
                if len(chunk) >= _CHUNK:
                    n_keys += client.unlink(*chunk)
                    chunk = []
            n_keys += client.unlink(*chunk) if chunk else 0
    except redis.RedisError as error:
        raise ReleaseError(f"Online rows were not collected: Redis does not answer ({error}).") from None
    return n_keys


def _served(pointer: Pointer | None) -> set[str]:
    if pointer is None:
        return set()
    return {release_id for release_id in (pointer.release, pointer.previous, pointer.challenger) if release_id}


def _waits(home: Home, release_id: str, pointer: Pointer | None) -> bool:
    """Return whether a finished release may still be announced by its own run."""
    newer = pointer is None or order(release_id) > order(pointer.release)
    return newer and not (home.runs / run_id_of(release_id) / "announce.json").exists()


def _being_written(home: Home, release_id: str) -> bool:
    day = order(release_id)[0]
    try:
        with lock(home.locks / f"publish-{day[:4]}-{day[4:6]}-{day[6:]}", "releases gc"):
            return False
    except LockedError:
        return True


def _remove_folder(home: Home, release_id: str) -> None:
    # Renamed first: a folder that is half removed must not look like a release.
    folder = home.releases / release_id
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder.rename(folder.with_name(f"{_REMOVING}{release_id}")))
