"""The manifest, written last: it makes a folder a release."""

import os
from datetime import UTC, datetime
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.atomic_files import sha256_of, sync_folder, write_json
from jobs.contract.release import (
    FALLBACK,
    INDEX,
    ITEMS,
    MANIFEST,
    ONLINE_DB,
    REGISTRY,
    ROWS,
    FileEntry,
    IndexEntry,
    Manifest,
    OnlineEntry,
    VerdictEntry,
    feast_project,
    ids_sha256,
)
from jobs.contract.tables import ITEM_PROFILE, USER_ID, USER_RECOMMENDATIONS
from jobs.releases.attempt import Attempt
from jobs.releases.small_files import EVALUATION_FILE, REPORT_FILE

SAMPLE_USERS = 20


def write_manifest(
    attempt: Attempt,
    index: IndexEntry,
    rows: dict[str, int],
    metrics: dict[str, dict[str, float]],
    recommendations: DataFrame,
) -> Manifest:
    """Make everything durable, then write the manifest, which finishes the release.

    Args:
        attempt: The attempt, every other file of it written.
        index: The Annoy index.
        rows: Rows by feature table.
        metrics: System -> metric -> value.
        recommendations: Table user_recommendations.

    Raises:
        LockedError: If a newer run has taken the date.
    """
    run, folder = attempt.run, attempt.folder
    store = attempt.target.config["online_store"]["type"]
    served = [
        INDEX,
        ITEMS,
        FALLBACK,
        REGISTRY,
        EVALUATION_FILE,
        REPORT_FILE,
        *([ONLINE_DB] if store == "sqlite" else []),
    ]
    kept = sorted(str(path.relative_to(folder)) for path in (folder / ROWS).rglob("*.parquet"))
    manifest = Manifest(
        format=1,
        release_id=attempt.release_id,
        run_id=run.run_id,
        run_date=run.run_date.isoformat(),
        token=run.token,
        as_of=attempt.as_of,
        created_at=datetime.now(UTC),
        code_version=run.code_version,
        files=_entries(folder, served),
        row_files=_entries(folder, kept),
        counts={"users": rows[USER_RECOMMENDATIONS.name], "items": rows[ITEM_PROFILE.name]},
        embedding=run.report("embed_items")["embedding"],
        index=index,
        online=OnlineEntry(
            store=store, project=feast_project(attempt.release_id), rows=rows, sample=_sample(recommendations)
        ),
        sources=list(run.settings.candidates.sources),
        verb=run.report("validate")["verb"],
        metrics=metrics,
        verdict=VerdictEntry.model_validate(run.report("evaluate")["verdict"]),
        settings=run.settings.without_secrets(),
    )
    run.check_not_superseded()
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    _make_read_only(folder / MANIFEST)
    return manifest


def _entries(folder: Path, names: list[str]) -> dict[str, FileEntry]:
    """Return each file's hash and size, after making it durable and read-only: a finished release never changes."""
    for name in names:
        path = folder / name
        _make_read_only(path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(path.parent)
    return {
        name: FileEntry(sha256=sha256_of(folder / name), size_bytes=(folder / name).stat().st_size) for name in names
    }


def _make_read_only(path: Path) -> None:
    path.chmod(path.stat().st_mode & ~0o222)


def _sample(recommendations: DataFrame) -> dict[str, str]:
    drawn = recommendations.orderBy(F.xxhash64(USER_ID), USER_ID).limit(SAMPLE_USERS).select(USER_ID, "item_ids")
    return {row[USER_ID]: ids_sha256(row["item_ids"]) for row in drawn.collect()}
