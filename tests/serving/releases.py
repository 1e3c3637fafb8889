"""Small releases for the server's tests, written by publish's own code but for Spark, in half a second each."""

from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from feast import RepoConfig
from feast.infra.online_stores.helpers import get_online_store_from_config

from feature_repo.features import definitions
from jobs.contract.atomic_files import sha256_of, write_json
from jobs.contract.feast_config import feast_config
from jobs.contract.home import Home
from jobs.contract.reasons import Reason
from jobs.contract.release import (
    FALLBACK,
    INDEX,
    ITEMS,
    MANIFEST,
    ONLINE_DB,
    REGISTRY,
    FileEntry,
    Manifest,
    OnlineEntry,
    Pointer,
    VerdictEntry,
    feast_project,
    ids_sha256,
    write_pointer,
)
from jobs.contract.release_files import Fallback, ItemMap, write_fallback, write_item_map
from jobs.contract.settings import Publish
from jobs.contract.tables import USER_RECOMMENDATIONS
from jobs.releases.index import build_index
from jobs.releases.online_rows import as_online_row
from jobs.releases.online_store import register
from jobs.releases.vectors import Vectors

SOURCES = ["als", "item_item", "text", "popular", "trending"]
AS_OF = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
CREATED_AT = datetime(2026, 2, 1, 2, tzinfo=UTC)
PAST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
FAR = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())

N_PLAIN = 24
NO_VECTOR = "zz-no-vector"
GONE = "gone"
COMING = "coming"
ODD_IDS = ["a/b", "c,d", "e f+g", "\u00e9", "e\u0301", "\u5927\u83e9\u85a9", "\U0001f3ac", "77", "077"]
INDEXED = sorted([*(f"i{n:02}" for n in range(N_PLAIN)), *ODD_IDS, GONE, COMING])
ALL_ITEMS = [*INDEXED, NO_VECTOR]
POPULAR = [f"i{n:02}" for n in range(N_PLAIN - 1, -1, -1)]
"""The popular list: i23 first."""
LISTS = {
    "u1": [f"i{n:02}" for n in range(10)],
    "u2": ["i05", "a/b", "c,d", "\U0001f3ac", "i06"],
    "u/3": ["i01", "i02"],
    "\U0001f600 user": ["\u00e9", "e\u0301"],
    "empty": [],
    "expired": [GONE, "i03", COMING],
}


def categories_of(item_id: str) -> list[str]:
    """Even or odd, by the last digit of a plain id; other ids have none."""
    return [("even", "odd")[int(item_id[-1]) % 2]] if item_id in POPULAR else []


def write_release(
    home: Home,
    release_id: str,
    online_store: str = "sqlite",
    lists: dict[str, list[str]] | None = None,
    created_at: datetime = CREATED_AT,
    edition: int = 1,
) -> Pointer:
    """Write a whole release and return the pointer that would announce it.

    Releases of different editions differ in every vector and every title.
    """
    folder = home.releases / release_id
    folder.mkdir(parents=True)
    lists = LISTS if lists is None else lists
    vectors = item_vectors(edition)
    index = build_index(folder / INDEX, vectors, Publish(n_trees=5), seed=7)
    write_item_map(folder / ITEMS, _item_map(edition))
    write_fallback(folder / FALLBACK, Fallback(POPULAR, [float(n) for n in range(len(POPULAR), 0, -1)]))
    register(home, folder, online_store)
    _write_rows(home, folder, online_store, lists)
    names = [INDEX, ITEMS, FALLBACK, REGISTRY, *([ONLINE_DB] if online_store == "sqlite" else [])]
    manifest = Manifest(
        format=1,
        release_id=release_id,
        run_id="20260131_000001",
        run_date="2026-01-31",
        token=1,
        as_of=AS_OF,
        created_at=created_at,
        code_version="tests",
        files={
            name: FileEntry(sha256=sha256_of(folder / name), size_bytes=(folder / name).stat().st_size)
            for name in names
        },
        row_files={},
        counts={"users": len(lists), "items": len(ALL_ITEMS)},
        embedding={},
        index=index,
        online=OnlineEntry(
            store="sqlite" if online_store == "sqlite" else "redis",
            project=feast_project(release_id),
            rows={USER_RECOMMENDATIONS.name: len(lists)},
            sample={user_id: ids_sha256(item_ids) for user_id, item_ids in lists.items()},
        ),
        sources=SOURCES,
        verb="watched",
        metrics={"ranked": {"ndcg@10": 0.25}},
        verdict=VerdictEntry(publish=True, reasons=["a test"]),
        settings={},
    )
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    return Pointer(release=release_id, manifest_sha256=sha256_of(folder / MANIFEST))


def announce(home: Home, pointer: Pointer) -> None:
    """Flip CURRENT."""
    write_pointer(home, pointer)


def write_overlay(home: Home, version: int, withdrawn: tuple[str, ...] = (), erased: tuple[str, ...] = ()) -> None:
    """Write the overlay in force."""
    values = {"version": version, "withdrawn_items": list(withdrawn), "erased_users": list(erased)}
    write_json(home.overlay / "OVERLAY.json", values)


@cache
def item_vectors(edition: int = 1) -> Vectors:
    """Return seeded unit vectors, one an indexed item."""
    matrix = np.random.default_rng(2 + edition).standard_normal((len(INDEXED), 8)).astype(np.float32)
    return Vectors("text", INDEXED, matrix / np.linalg.norm(matrix, axis=1, keepdims=True))


def row_of(item_ids: list[str]) -> dict[str, list]:
    """Return a user's row: scores fall from 1, sources and reasons take turns, i00 and i01 are the evidence."""
    n = len(item_ids)
    return {
        "item_ids": item_ids,
        "scores": [float(np.float32(1 / (rank + 1))) for rank in range(n)],
        "sources": [1 << rank % len(SOURCES) | 1 for rank in range(n)],
        "reasons": [(Reason.BECAUSE, Reason.TASTE, Reason.TRENDING)[rank % 3].value for rank in range(n)],
        "evidence_first": ["i00" if rank % 3 == 0 else "" for rank in range(n)],
        "evidence_second": ["i01" if rank % 6 == 0 else "" for rank in range(n)],
    }


def _write_rows(home: Home, folder: Path, online_store: str, lists: dict[str, list[str]]) -> None:
    config = RepoConfig(**feast_config(folder, online_store))
    view = next(view for view in definitions(home.root).views if view.name == USER_RECOMMENDATIONS.name)
    rows = [
        as_online_row(USER_RECOMMENDATIONS, {"user_id": user_id, **row_of(item_ids)}, CREATED_AT)
        for user_id, item_ids in lists.items()
    ]
    store = get_online_store_from_config(config.online_store)
    store.online_write_batch(config, view, rows, progress=None)
    with closing(store._conn if online_store == "sqlite" else store._client):
        pass


def _item_map(edition: int) -> ItemMap:
    title = "Title" if edition == 1 else f"Title {edition}"
    return ItemMap(
        n_indexed=len(INDEXED),
        ids=ALL_ITEMS,
        titles=[f"{title} of {item_id}" for item_id in ALL_ITEMS],
        categories=[categories_of(item_id) for item_id in ALL_ITEMS],
        available_from=[FAR if item_id == COMING else None for item_id in ALL_ITEMS],
        available_until=[PAST if item_id == GONE else None for item_id in ALL_ITEMS],
    )
