"""Rules and repairs for columns of times."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own convention

from jobs.dataset.source import Source
from jobs.validation.judgement import Rule, raw, why
from jobs.validation.numbers import unparsed
from jobs.validation.times import is_naive, parse_time


def typed_time(source: Source, name: str) -> Column:
    """Return a time column of a table as timestamps in UTC."""
    return parse_time(raw(name), source.units.get(name, "iso"), source.timezone)


def parsed_rule(source: Source, name: str) -> Rule:
    """Return the rule that a time which is there must be one in the column's unit."""
    unit = source.units.get(name, "iso")
    expected = "time, expected year first, for instance 2026-01-31T08:00:00Z" if unit == "iso" else f"number of {unit}"
    return unparsed(name, f"bad_{name}", expected)


def range_rules(name: str, min_year: int, end: datetime) -> list[Rule]:
    """Return the rules that a time lies from ``min_year`` on and before ``end``, the end of the run's date."""
    moment = F.col(name)
    return [
        Rule(
            f"{name}_in_future",
            moment >= F.timestamp_micros(F.lit(round(end.timestamp() * 1e6))),
            why(f"{name} ", moment, f" UTC is after the run date, which ends {end:%Y-%m-%d %H:%M} UTC"),
        ),
        Rule(f"{name}_too_old", F.year(moment) < min_year, why(f"{name} ", moment, f" UTC is before {min_year}")),
    ]


def naive_repair(source: Source, *names: str) -> dict[str, Column]:
    """Return the repair of times without a timezone, which are taken for UTC unless dataset.yaml names another."""
    units = [(name, source.units.get(name, "iso")) for name in names if name in source.present]
    if source.timezone is not None or not units:
        return {}
    naive = [F.col(name).isNotNull() & is_naive(raw(name), unit) for name, unit in units]
    return {"naive_time_taken_as_utc": F.coalesce(*naive) if len(naive) == 1 else F.greatest(*naive)}
