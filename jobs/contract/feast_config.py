"""The Feast configuration of one release: what publish writes through and what every reader reads through."""

from pathlib import Path
from typing import Any

from jobs.contract.errors import ReleaseError
from jobs.contract.redis_url import connection_string
from jobs.contract.release import ONLINE_DB, REGISTRY, Manifest, feast_project

ENTITY_KEY_VERSION = 3


def feast_config(folder: Path, online_store: str, offline_store: str = "duckdb") -> dict[str, Any]:
    """Return a release's Feast configuration: ``RepoConfig(**feast_config(...))``, or a feature_store.yaml.

    Args:
        folder: The release's folder; its name is the release id.
        online_store: ``settings.online_store``: ``sqlite`` or ``redis://[user:password@]host[:port][/db]``.
        offline_store: ``duckdb``; a server that only reads online rows has no DuckDB and says ``dask``.

    Raises:
        SettingsError: If Feast cannot be told the store's URL.
    """
    folder = folder.absolute()
    return {
        "project": feast_project(folder.name),
        "provider": "local",
        # A release's registry never changes: it is read once.
        "registry": {"path": str(folder / REGISTRY), "cache_ttl_seconds": 0},
        "online_store": _online_store(folder, online_store),
        "offline_store": {"type": offline_store},
        "entity_key_serialization_version": ENTITY_KEY_VERSION,
    }


def online_store_of(manifest: Manifest, configured: str) -> str:
    """Return where a release's online rows lie: its own SQLite file, or the configured Redis.

    Args:
        manifest: The release's manifest.
        configured: ``settings.online_store``.

    Raises:
        ReleaseError: If its rows are in Redis and no Redis is configured.
    """
    if manifest.online.store == "sqlite":
        return "sqlite"
    if configured == "sqlite":
        raise ReleaseError(
            f"Release {manifest.release_id} has its online rows in Redis, but NIGHTSHELF_ONLINE_STORE is sqlite. "
            "Set it to redis://host:port."
        )
    return configured


def _online_store(folder: Path, online_store: str) -> dict[str, Any]:
    if online_store == "sqlite":
        return {"type": "sqlite", "path": str(folder / ONLINE_DB)}
    return {"type": "redis", "connection_string": connection_string(online_store)}
