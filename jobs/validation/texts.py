"""Repairs of texts."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.validation.judgement import raw


def cut(name: str, max_chars: int) -> Column:
    """Return a text cut at ``max_chars`` characters; blank ones are null."""
    return F.when(~raw(name).rlike(r"^\s*$"), F.substring(raw(name), 1, max_chars))


def was_cut(name: str, max_chars: int) -> Column:
    """Return whether ``cut`` took something away."""
    return F.coalesce(F.length(raw(name)) > max_chars, F.lit(False))
