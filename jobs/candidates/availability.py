"""Whether an item may be shown."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.contract.rule_settings import Exclusions
from jobs.contract.tables import ITEM_ID


def available_at(moment: datetime) -> Column:
    """Return whether an item may be shown at ``moment``: from ``available_from`` on, before ``available_until``."""
    starts, ends = F.col("available_from"), F.col("available_until")
    return (starts.isNull() | (starts <= F.lit(moment))) & (ends.isNull() | (ends > F.lit(moment)))


def not_excluded(exclusions: Exclusions) -> Column:
    """Return whether an item with columns item_id and categories may be shown to anybody at all."""
    shown = ~F.col(ITEM_ID).isin(*exclusions.items)
    if not exclusions.categories:
        return shown
    barred = F.arrays_overlap("categories", F.array(*map(F.lit, exclusions.categories)))
    return shown & ~F.coalesce(barred, F.lit(False))
