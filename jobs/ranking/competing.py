"""Which of a source's candidates compete, and at which rank."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from jobs.contract.tables import FOLD, ITEM_ID, USER_ID


def comparable(candidates: DataFrame, keep_seen: bool) -> DataFrame:
    """Return the candidates that compete, ``source_rank`` counted among them.

    Seen and unseen items are numbered apart in ``candidates``; where both compete they are numbered anew by score.
    """
    if not keep_seen:
        return candidates.where(~F.col("seen"))
    order = Window.partitionBy(FOLD, USER_ID, "source").orderBy(F.desc("score"), ITEM_ID)
    return candidates.withColumn("source_rank", F.row_number().over(order))
