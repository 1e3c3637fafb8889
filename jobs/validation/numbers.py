"""Texts to numbers."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.validation.judgement import Rule, raw, why

# The JVM takes "3d" and "3f" for numbers; no dataset means them so.
_TYPE_SUFFIX = r"[\d.][dDfF]$"


def parse_number(text: Column) -> Column:
    """Return texts as doubles, NaN and infinities included; null where they are no numbers."""
    trimmed = F.trim(text)
    return F.when(~trimmed.rlike(_TYPE_SUFFIX), trimmed.try_cast("double"))


def parse_integer(text: Column) -> Column:
    """Return texts as ints, "3.0" too; null where they are no integers of 32 bits."""
    number = parse_number(text)
    return F.when((number == F.floor(number)) & (F.abs(number) < float(1 << 31)), number).try_cast("int")


def unparsed(name: str, rule: str, expected: str) -> Rule:
    """Return the rule that a value which is there must have been understood as ``expected``."""
    return Rule(rule, raw(name).isNotNull() & F.col(name).isNull(), why(f"{name} ", raw(name), f" is no {expected}"))
