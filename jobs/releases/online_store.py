"""What an online store needs before and after its rows are written: room, a journal, a registry."""

import sqlite3
from contextlib import closing
from pathlib import Path

import redis
from feast import FeatureStore, RepoConfig
from redis.exceptions import RedisError

from feature_repo.features import definitions
from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config
from jobs.contract.home import Home

# A row of 20 items, 554 bytes, takes 968 in Redis; a key with its hash and timestamp comes on top.
REDIS_BYTES_PER_BYTE = 1.75
REDIS_BYTES_PER_ROW = 200


def register(home: Home, folder: Path, online_store: str) -> None:
    """Write the release's own registry, and the empty tables of its SQLite file where that is the store."""
    store = FeatureStore(config=RepoConfig(**feast_config(folder, online_store)))
    store.apply(definitions(home.root).everything)


def check_room(online_store: str, needed_bytes: int) -> None:
    """Refuse a Redis that would run full, or that would drop rows to make room.

    Without maxmemory the memory of its machine is the limit.

    Args:
        online_store: ``redis://host:port[/db]``.
        needed_bytes: What the rows are estimated to take.

    Raises:
        ReleaseError: If it cannot be reached, evicts, or has too little memory left.
    """
    try:
        with closing(redis.Redis.from_url(online_store)) as client:
            memory = client.info("memory")
    except RedisError as error:
        raise ReleaseError(f"The online store does not answer ({error}). Start Redis, then rerun publish.") from None
    limit, used, policy = memory["maxmemory"], memory["used_memory"], memory["maxmemory_policy"]
    if limit == 0:
        _check_machine(memory["total_system_memory"] - used, needed_bytes)
        return
    if policy != "noeviction":
        raise ReleaseError(
            f"Redis has maxmemory-policy {policy} and would drop rows of the release that is served; "
            "expected noeviction, or no maxmemory. Run: redis-cli config set maxmemory-policy noeviction"
        )
    if used + needed_bytes > limit:
        raise ReleaseError(
            f"Redis has {limit - used:,} bytes left of {limit:,}, and this release needs about {needed_bytes:,}. "
            "Raise maxmemory, or unpin and collect releases: nightshelf releases gc"
        )


def _check_machine(left_bytes: int, needed_bytes: int) -> None:
    if needed_bytes > left_bytes:
        raise ReleaseError(
            f"Redis has no maxmemory, and its machine has at most {left_bytes:,} bytes left for it; this release needs "
            f"about {needed_bytes:,}. Give it more memory, or unpin and collect releases: nightshelf releases gc"
        )


def start_writing(database: Path) -> None:
    """Put a SQLite file into write-ahead mode: a commit is one append."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def finish_writing(database: Path) -> None:
    """Fold the write-ahead log into the SQLite file and leave that mode, so that the file stands alone.

    Raises:
        ReleaseError: If someone still has the file open.
    """
    with closing(sqlite3.connect(database)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            raise ReleaseError(f"{database}: {error}: another process has it open. Rerun publish.") from None
    if mode != "delete":
        raise ReleaseError(f"{database} stays in journal mode {mode}, expected delete. Rerun publish.")
