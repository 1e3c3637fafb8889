"""How long ago something happened, in days."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_SECONDS_A_DAY = 86_400.0


def days_between(earlier: Column, later: Column) -> Column:
    """Return the days, double, from one timestamp to another; null where either is."""
    return (later.cast("double") - earlier.cast("double")) / F.lit(_SECONDS_A_DAY)
