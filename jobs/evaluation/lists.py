"""The lists to be judged: the blend's, and each source's own."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import FOLD, ITEM_ID, USER_ID, Fold
from jobs.evaluation.judge import SYSTEM
from jobs.ranking.competing import comparable

RANKED_SYSTEM = "ranked"


def source_system(source: str) -> str:
    """Return the system name of a source's own lists."""
    return f"source/{source}"


def lists_of(  # noqa: PLR0913 - two tables of lists, and one that lists are made of
    ranked: DataFrame, variants: DataFrame, candidates: DataFrame, fold: Fold, keep_seen: bool, k: int
) -> DataFrame:
    """Return (system, user_id, items array<string>) of one fold, at most k items each.

    "ranked", the systems of ``ranked_variants``, and each source's own lists as "source/<name>".
    """
    blended = (
        ranked.withColumn(SYSTEM, F.lit(RANKED_SYSTEM))
        .select(FOLD, SYSTEM, USER_ID, "item_ids")
        .unionByName(variants)
        .where(F.col(FOLD) == fold.value)
        .select(SYSTEM, USER_ID, F.slice("item_ids", 1, k).alias("items"))
    )
    own = comparable(candidates.where(F.col(FOLD) == fold.value), keep_seen).where(F.col("source_rank") <= k)
    gathered = own.groupBy("source", USER_ID).agg(
        F.sort_array(F.collect_list(F.struct("source_rank", ITEM_ID))).getField(ITEM_ID).alias("items")
    )
    named = gathered.select(F.concat(F.lit("source/"), "source").alias(SYSTEM), USER_ID, "items")
    return blended.unionByName(named)
