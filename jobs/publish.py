"""Publish: write the night's feature tables, and a release of them that serving can trust."""

from datetime import UTC, datetime
from typing import Any

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.candidates.availability import not_excluded
from jobs.contract import tables
from jobs.contract.atomic_files import sha256_of
from jobs.contract.release import INDEX, MANIFEST
from jobs.contract.run import Run
from jobs.releases.attempt import Attempt
from jobs.releases.index import build_index
from jobs.releases.manifest import write_manifest
from jobs.releases.part_times import PartTimes
from jobs.releases.release_ids import new_release_id
from jobs.releases.rows import FEATURE_TABLES, copy_rows, write_online
from jobs.releases.small_files import write_report, write_small_files
from jobs.releases.vectors import Vectors, choose_vectors
from jobs.releases.verify import verify
from jobs.releases.write_tables import write_feature_tables, write_neighbours

READS = (
    "ranked",
    "item_embeddings",
    "als_item_factors",
    "interactions",
    "validated_items",
    "evaluation",
    "evaluation_users",
    "evaluation_groups",
)
WRITES = ("user_recommendations", "item_neighbours", "item_profile", "user_profile", "releases")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write a release, verify it, and report its id, counts, recall and the seconds of each part.

    Raises:
        ReleaseError: If there is nothing to publish, or what was written is not what was ranked.
    """
    times = PartTimes()
    as_of = datetime.fromisoformat(run.report("validate")["as_of"])
    attempt = Attempt(
        run, run.home.releases / new_release_id(run), as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
    )
    attempt.folder.mkdir(parents=True)
    with times.measure("feature_tables"):
        rows = write_feature_tables(spark, attempt)
    with times.measure("neighbours"):
        vectors = _vectors(spark, run)
        rows[tables.ITEM_NEIGHBOURS.name] = write_neighbours(spark, attempt, vectors)
    with times.measure("index"):
        index = build_index(attempt.folder / INDEX, vectors, run.settings.publish, run.settings.split.seed)
    with times.measure("files"):
        profiles, interactions, evaluation = (
            spark_io.read(spark, run, table) for table in (tables.ITEM_PROFILE, tables.INTERACTIONS, tables.EVALUATION)
        )
        metrics = write_small_files(attempt, profiles, interactions, evaluation, vectors.ids)
        for table in (*FEATURE_TABLES, tables.EVALUATION_USERS, tables.EVALUATION_GROUPS):
            copy_rows(spark, attempt, table)
    with times.measure("report"):
        write_report(spark, attempt)
    with times.measure("online_rows"):
        write_online(spark, attempt, rows)
    with times.measure("manifest"):
        recommendations = spark_io.read(spark, run, tables.USER_RECOMMENDATIONS)
        manifest = write_manifest(attempt, index, rows, metrics, recommendations)
    with times.measure("verify"):
        verify(attempt.folder, run.settings.online_store)
    return {
        "release": attempt.release_id,
        "manifest_sha256": sha256_of(attempt.folder / MANIFEST),
        "n_users": manifest.counts["users"],
        "n_items": manifest.counts["items"],
        "n_indexed": index.n_items,
        "vectors": index.vectors,
        "recall": round(index.recall, 4),
        "search_k": index.search_k,
        "part_seconds": times.seconds,
    }


def _vectors(spark: SparkSession, run: Run) -> Vectors:
    profiles = spark_io.read(spark, run, tables.ITEM_PROFILE)
    return choose_vectors(
        spark_io.read(spark, run, tables.ITEM_EMBEDDINGS),
        spark_io.read(spark, run, tables.ALS_ITEM_FACTORS),
        # What nobody is recommended is like nothing either.
        profiles.where(not_excluded(run.settings.rules.exclusions)),
    )


if __name__ == "__main__":
    from jobs.stage import main

    main("publish")
