"""Rules and repairs for columns of times."""

from datetime import datetime

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.dataset.source import Source
from jobs.validation.judgement import Rule, raw, why
from jobs.validation.numbers import unparsed
from jobs.validation.times import is_naive, parse_time

AFTER_RUN_DATE = "after_run_date"


def typed_time(source: Source, name: str) -> Column:
    """Return a time column of a table as timestamps in UTC."""
    return parse_time(raw(name), source.units.get(name, "iso"), source.timezone)


def parsed_rule(source: Source, name: str) -> Rule:
    """Return the rule that a time which is there must be one in the column's unit."""
    unit = source.units.get(name, "iso")
    expected = "time, expected year first, for instance 2026-01-31T08:00:00Z" if unit == "iso" else f"number of {unit}"
    return unparsed(name, f"bad_{name}", expected)


def range_rules(name: str, min_year: int, end: datetime, now: datetime) -> list[Rule]:
    """Return the rules that a time lies from ``min_year`` on and within the run's date.

    A run of an earlier day on a table that has grown since meets times that its day could not know, yet are true:
    they are told apart from times that nobody can know.

    Args:
        name: The column.
        min_year: The first year that is believed.
        end: The first instant after the run's date, UTC.
        now: The present moment, UTC.
    """
    moment = F.col(name)
    too_late = moment >= _instant(end)
    outside = f"UTC is after the run date, which ends {end:%Y-%m-%d %H:%M} UTC"
    return [
        Rule(AFTER_RUN_DATE, too_late & (moment <= _instant(now)), why(f"{name} ", moment, f" {outside}")),
        Rule(
            f"{name}_in_future",
            too_late,
            why(f"{name} ", moment, f" {outside}, and after the present moment, {now:%Y-%m-%d %H:%M} UTC"),
        ),
        Rule(f"{name}_too_old", F.year(moment) < min_year, why(f"{name} ", moment, f" UTC is before {min_year}")),
    ]


def _instant(moment: datetime) -> Column:
    return F.timestamp_micros(F.lit(round(moment.timestamp() * 1e6)))


def naive_repair(source: Source, *names: str) -> dict[str, Column]:
    """Return the repair of times without a timezone, which are taken for UTC unless dataset.yaml names another."""
    units = [(name, source.units.get(name, "iso")) for name in names if name in source.present]
    if source.timezone is not None or not units:
        return {}
    naive = [F.col(name).isNotNull() & is_naive(raw(name), unit) for name, unit in units]
    return {"naive_time_taken_as_utc": F.coalesce(*naive) if len(naive) == 1 else F.greatest(*naive)}
