"""Chance that depends on a seed and on the data alone, never on how rows are spread over partitions."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_STEPS = 1 << 30


def seeded_uniform(seed: int, *columns: str) -> Column:
    """Return a number in [0, 1) that depends on the seed and the columns' values."""
    return F.pmod(F.xxhash64(F.lit(seed), *columns), F.lit(_STEPS)) / F.lit(_STEPS)
