"""When an item may be shown."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F


def available_at(moment: datetime) -> Column:
    """Return whether an item may be shown at ``moment``: from ``available_from`` on, before ``available_until``."""
    starts, ends = F.col("available_from"), F.col("available_until")
    return (starts.isNull() | (starts <= F.lit(moment))) & (ends.isNull() | (ends > F.lit(moment)))
