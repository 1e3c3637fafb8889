"""Write the four tables that Feast reads, into the lake."""

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.errors import ReleaseError
from jobs.releases import feature_tables
from jobs.releases.attempt import Attempt
from jobs.releases.neighbours import neighbour_table
from jobs.releases.vectors import Vectors


def write_feature_tables(spark: SparkSession, attempt: Attempt) -> dict[str, int]:
    """Write lists and profiles; return rows by table.

    Raises:
        ReleaseError: If nobody has a list.
    """
    run, at = attempt.run, (attempt.as_of, attempt.run.opened_at)
    ranked, interactions, items = (
        spark_io.read(spark, run, table) for table in (tables.RANKED, tables.INTERACTIONS, tables.VALIDATED_ITEMS)
    )
    frames = {
        tables.USER_RECOMMENDATIONS: feature_tables.user_recommendations(ranked, *at),
        tables.ITEM_PROFILE: feature_tables.item_profile(items, interactions, *at),
        tables.USER_PROFILE: feature_tables.user_profile(interactions, items, *at),
    }
    rows = {table.name: spark_io.write(frame, run, table) for table, frame in frames.items()}
    if not rows[tables.USER_RECOMMENDATIONS.name]:
        raise ReleaseError(
            f"Nothing to publish for {run.run_date}: table ranked has no final list. See rank_candidates."
        )
    return rows


def write_neighbours(spark: SparkSession, attempt: Attempt, vectors: Vectors) -> int:
    """Write each item's neighbours by ``vectors`` and return the number of rows."""
    run = attempt.run
    found = spark.createDataFrame(neighbour_table(spark, vectors, run.settings.publish.neighbours))
    neighbours = feature_tables.item_neighbours(found, attempt.as_of, run.opened_at)
    return spark_io.write(neighbours, run, tables.ITEM_NEIGHBOURS)
