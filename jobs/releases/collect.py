"""Garbage: files of old releases and killed attempts, and Redis rows of releases that are not served."""

import shutil
from contextlib import closing
from dataclasses import dataclass

import structlog

from jobs.contract.atomic_files import lock
from jobs.contract.errors import LockedError, ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import Pointer, feast_project, read_pointer
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import (
    ROWS_LOCK,
    forget_all_but,
    mark_collected,
    mark_going,
    row_state,
)
from jobs.releases.pins import pinned
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.release_ids import is_finished, order, release_ids, run_id_of

_HOLDER = "releases gc"
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

    What goes is decided under the pointer lock, and removed outside it, so that a rollback never waits for Redis to be
    searched. Rows go first: no folder is forgotten before its rows. A collection cut short is finished by the next.

    Raises:
        ReleaseError: If CURRENT is damaged (nothing is removed then), or Redis does not answer.
        LockedError: If another collection, or a materialisation, is under way.
    """
    home = Home(settings.home)
    if dry_run:
        with changing_releases(home, _HOLDER):
            return find_garbage(settings)
    with lock(home.locks / ROWS_LOCK, _HOLDER):
        rows = _remove_rows(home, settings)
        releases = _remove_folders(home, settings)
    return Garbage(releases, rows)


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
    rows: set[str] = set()
    if settings.online_store != "sqlite":
        online = _served(pointer) | {release_id for release_id in finished if _waits(home, release_id, pointer)}
        state = row_state(home)
        old = (set(finished) | state.going) - online
        rows = (old | set(releases)) - state.collected
    return Garbage(tuple(releases), tuple(sorted(rows)))


def _remove_rows(home: Home, settings: Settings) -> tuple[str, ...]:
    with changing_releases(home, _HOLDER):
        rows = find_garbage(settings).rows
        if rows:
            mark_going(home, set(rows))  # from here on none of them can be announced or rolled back to
    if rows:
        n_keys = unlink_rows(settings.online_store, [feast_project(release_id) for release_id in rows])
        with changing_releases(home, _HOLDER):
            mark_collected(home, set(rows))
        log.info("online rows collected", releases=list(rows), n_keys=n_keys)
    return rows


def _remove_folders(home: Home, settings: Settings) -> tuple[str, ...]:
    with changing_releases(home, _HOLDER):
        # Decided anew: the pointer and the pins may have changed while rows were removed.
        garbage = find_garbage(settings)
        releases = tuple(release_id for release_id in garbage.releases if release_id not in garbage.rows)
        for release_id in releases:
            # Renamed first: a folder that is half removed must not look like a release.
            folder = home.releases / release_id
            folder.rename(folder.with_name(f"{_REMOVING}{release_id}"))
        forget_all_but(home, release_ids(home))
    for left in home.releases.glob(f"{_REMOVING}*"):
        shutil.rmtree(left)
    if releases:
        log.info("releases collected", releases=list(releases))
    return releases


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
