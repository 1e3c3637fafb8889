"""A release's rows: a copy kept in its folder, and from that copy the online rows."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from jobs import spark_io
from jobs.contract.errors import ReleaseError
from jobs.contract.release import ONLINE_DB, ROWS
from jobs.contract.tables import ITEM_NEIGHBOURS, ITEM_PROFILE, USER_PROFILE, USER_RECOMMENDATIONS, Table
from jobs.releases.attempt import Attempt
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
