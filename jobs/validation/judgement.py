"""What makes a row of one table good, bad or in need of repair, as Spark columns over its raw texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.dataset.source import FAULT, FAULT_WHY, REPLACED, Source

RAW = "raw_"
_SHOWN_CHARS = 80


@dataclass(frozen=True)
class Rule:
    """One way for a row to be bad.

    Attributes:
        name: As it stands in the quarantine table.
        broken: Whether the row breaks it; null counts as no.
        why: The reason, with the value that was found.
    """

    name: str
    broken: Column
    why: Column


@dataclass(frozen=True)
class Judgement:
    """How one table is judged. Raw columns are called ``raw_<name>``; typed ones by their own names.

    Attributes:
        source: Whose rows.
        typed: Column name -> typed expression over raw columns.
        rules: The first that is broken names the row's fault.
        repairs: Name -> whether a kept row was mended so.
        key: What identifies a row; null = the row's whole content.
        preference: Among rows of one key, the first in this order stays; ties go to the greater content hash.
    """

    source: Source
    typed: dict[str, Column]
    rules: Sequence[Rule]
    repairs: dict[str, Column] = field(default_factory=dict)
    key: Column | None = None
    preference: tuple[Column, ...] = ()


def raw(name: str) -> Column:
    """Return a column as the file has it, as text."""
    return F.col(f"{RAW}{name}")


def shown(value: Column) -> Column:
    """Return a value in quotes for a reason's text, cut at 80 characters."""
    return F.concat(F.lit("'"), F.substring(value.cast("string"), 1, _SHOWN_CHARS), F.lit("'"))


def why(before: str, value: Column, after: str) -> Column:
    """Return a reason's text with a value in it."""
    return F.concat(F.lit(before), F.coalesce(shown(value), F.lit("null")), F.lit(after))


def no_record() -> Rule:
    """Return the rule that catches what the reader could not take for a row; it names its own kind of fault."""
    return Rule("", F.col(FAULT).isNotNull(), F.col(FAULT_WHY))


def replaced_utf8() -> dict[str, Column]:
    """Return the repair that every table has."""
    return {"invalid_utf8_replaced": F.col(REPLACED)}


def first_broken(rules: Sequence[Rule]) -> Column:
    """Return struct<rule, why> of the first rule that a row breaks; null for a row that breaks none."""
    broken = [
        F.when(
            rule.broken,
            F.struct((F.lit(rule.name) if rule.name else F.col(FAULT)).alias("rule"), rule.why.alias("why")),
        )
        for rule in rules
    ]
    return F.coalesce(*broken)
