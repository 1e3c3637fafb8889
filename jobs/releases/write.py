"""Write a release into its folder: files, rows, online rows, and the manifest last.

Feast's registry and SQLite file hold absolute paths, so a release is written where it will lie. A folder without a
manifest is an attempt that never finished; nothing reads it and ``releases gc`` removes it.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from jobs import spark_io
from jobs.contract.atomic_files import sha256_of, sync_folder, write_json
from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config
from jobs.contract.release import (
    FALLBACK,
    INDEX,
    ITEMS,
    MANIFEST,
    ONLINE_DB,
    REGISTRY,
    REPORT,
    ROWS,
    FileEntry,
    IndexEntry,
    Manifest,
    OnlineEntry,
    VerdictEntry,
    feast_project,
    ids_sha256,
)
from jobs.contract.release_files import write_fallback, write_item_map
from jobs.contract.run import Run
from jobs.contract.tables import (
    ITEM_NEIGHBOURS,
    ITEM_PROFILE,
    USER_ID,
    USER_PROFILE,
    USER_RECOMMENDATIONS,
    Table,
)
from jobs.releases.fallback import popular
from jobs.releases.item_map import build_item_map
from jobs.releases.online_rows import Target, payload_bytes, write_rows
from jobs.releases.online_store import (
    REDIS_BYTES_PER_BYTE,
    REDIS_BYTES_PER_ROW,
    check_room,
    finish_writing,
    register,
    start_writing,
)

FEATURE_TABLES = (USER_RECOMMENDATIONS, ITEM_NEIGHBOURS, ITEM_PROFILE, USER_PROFILE)
EVALUATION_FILE = f"{REPORT}/evaluation.json"
SAMPLE_USERS = 20


@dataclass(frozen=True)
class Attempt:
    """One attempt at publishing.

    Attributes:
        run: The night's run.
        folder: ``releases/<release_id>``.
        as_of: The night's point in time.
    """

    run: Run
    folder: Path
    as_of: datetime

    @property
    def release_id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def target(self) -> Target:
        """Where the attempt's online rows go."""
        return target_of(self.run, self.folder)


def target_of(run: Run, folder: Path) -> Target:
    """Return where online rows of the release in ``folder`` go."""
    config = feast_config(folder, run.settings.online_store)
    return Target(config, run.home.root, run.opened_at, run.settings.publish.batch_rows)


def write_small_files(
    attempt: Attempt, profiles: DataFrame, interactions: DataFrame, evaluation: DataFrame, indexed_ids: list[str]
) -> dict[str, dict[str, float]]:
    """Write the item map, the popular list and the evaluation; return the metrics by system."""
    write_item_map(attempt.folder / ITEMS, build_item_map(profiles, indexed_ids))
    k = attempt.run.settings.publish.fallback
    write_fallback(attempt.folder / FALLBACK, popular(interactions, profiles, attempt.as_of, k))
    rows = [row.asDict() for row in evaluation.orderBy("system", "metric").collect()]
    write_json(attempt.folder / EVALUATION_FILE, rows)
    metrics: dict[str, dict[str, float]] = {}
    for row in rows:
        metrics.setdefault(row["system"], {})[row["metric"]] = row["value"]
    return metrics


def copy_rows(spark: SparkSession, attempt: Attempt, table: Table) -> None:
    """Keep the table's rows of the night in the release, for materialising them again."""
    spark_io.read(spark, attempt.run, table).write.parquet(str(attempt.folder / ROWS / table.name))


def kept_rows(spark: SparkSession, folder: Path, table: Table) -> DataFrame:
    """Return the rows that ``copy_rows`` kept."""
    return spark.read.schema(table.ddl).parquet(str(folder / ROWS / table.name))


def write_online(spark: SparkSession, attempt: Attempt, expected: dict[str, int]) -> None:
    """Register the release with Feast and write every online row.

    Args:
        spark: The session whose executors write.
        attempt: The attempt, its rows kept.
        expected: Rows by table.

    Raises:
        ReleaseError: If the store has no room, is SQLite on a cluster, or took another number of rows.
    """
    check_store_fits(attempt.run.settings.online_store, spark.sparkContext.master)
    register(attempt.run.home, attempt.folder, attempt.run.settings.online_store)
    write_online_rows(spark, attempt.folder, attempt.target, attempt.run.settings.online_store, expected)


def check_store_fits(online_store: str, master: str) -> None:
    """Refuse SQLite on a cluster.

    Raises:
        ReleaseError: If executors of ``master`` are not all on one machine and the store is one file.
    """
    if online_store == "sqlite" and not master.startswith("local"):
        raise ReleaseError(
            f"The online store is SQLite, a file that executors of {master} cannot share. "
            "Set NIGHTSHELF_ONLINE_STORE=redis://host:port."
        )


def write_online_rows(
    spark: SparkSession, folder: Path, target: Target, online_store: str, expected: dict[str, int]
) -> None:
    """Write the kept rows of a registered release to its online store.

    Raises:
        ReleaseError: If the store has no room, or took another number of rows than ``expected``.
    """
    frames = {table: kept_rows(spark, folder, table) for table in FEATURE_TABLES}
    if not target.one_writer:
        payload = sum(payload_bytes(frames[table], table, expected[table.name]) for table in FEATURE_TABLES)
        needed_bytes = int(payload * REDIS_BYTES_PER_BYTE) + REDIS_BYTES_PER_ROW * sum(expected.values())
        check_room(online_store, needed_bytes)
    else:
        start_writing(folder / ONLINE_DB)
    written = {table.name: write_rows(frames[table], table, target) for table in FEATURE_TABLES}
    if target.one_writer:
        finish_writing(folder / ONLINE_DB)
    if written != expected:
        raise ReleaseError(f"Release {folder.name}: {written} rows went online, expected {expected}. Rerun publish.")


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
    served = [INDEX, ITEMS, FALLBACK, REGISTRY, EVALUATION_FILE, *([ONLINE_DB] if store == "sqlite" else [])]
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
        settings=run.settings.as_json(),
    )
    run.check_not_superseded()
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))
    return manifest


def _entries(folder: Path, names: list[str]) -> dict[str, FileEntry]:
    """Return each file's hash and size, after making it durable."""
    for name in names:
        path = folder / name
        with path.open("rb") as file:
            os.fsync(file.fileno())
        sync_folder(path.parent)
    return {
        name: FileEntry(sha256=sha256_of(folder / name), size_bytes=(folder / name).stat().st_size) for name in names
    }


def _sample(recommendations: DataFrame) -> dict[str, str]:
    drawn = recommendations.orderBy(F.xxhash64(USER_ID), USER_ID).limit(SAMPLE_USERS).select(USER_ID, "item_ids")
    return {row[USER_ID]: ids_sha256(row["item_ids"]) for row in drawn.collect()}
