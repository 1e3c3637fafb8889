"""Texts to times in UTC."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.dataset.mapping import TimeUnit

_INTEGER = r"^[+-]?\d{1,18}$|^[+-]?[0-8]\d{18}$"
_DATE = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_COMPACT_DATE = r"^(\d{4})(\d{2})(\d{2})$"
_ZONE = r":\d{2}(\.\d+)?\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?|[A-Za-z]+/[A-Za-z_/]+)$"
_SHORT_OFFSET = r"([+-]\d{2})(\d{2})$"
# Spark's times end with the year 9999; numbers beyond it are no times.
_END_SECONDS = 253_402_300_800
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def parse_time(text: Column, unit: TimeUnit, timezone: str | None) -> Column:
    """Return texts as timestamps; null where they are none.

    Args:
        text: For units other than ``iso`` a number since 1970; for ``iso`` a date or a time, year first, with or
            without an offset or a zone, or a date of eight digits.
        unit: Of the whole column.
        timezone: Of times that name none; None = UTC.
    """
    trimmed = F.trim(text)
    return _parse_iso(trimmed, timezone) if unit == "iso" else _parse_number(trimmed, unit)


def is_naive(text: Column, unit: TimeUnit) -> Column:
    """Return whether a text, taken for a time, names no timezone; numbers count from 1970 in UTC and are not naive."""
    return ~F.trim(text).rlike(_ZONE) if unit == "iso" else F.lit(False)


def _parse_iso(text: Column, timezone: str | None) -> Column:
    dashed = F.when(text.rlike(_COMPACT_DATE), F.regexp_replace(text, _COMPACT_DATE, "$1-$2-$3")).otherwise(
        F.regexp_replace(text, r"^(\d{4})/(\d{1,2})/", "$1-$2-")
    )
    has_zone = text.rlike(_ZONE)
    with_offset = F.when(has_zone, F.regexp_replace(dashed, _SHORT_OFFSET, "$1:$2")).otherwise(dashed)
    moment = F.when(with_offset.rlike(_DATE), with_offset.try_cast("timestamp"))
    if timezone is None:
        return moment
    return F.when(has_zone, moment).otherwise(F.to_utc_timestamp(moment, timezone))


def _parse_number(text: Column, unit: TimeUnit) -> Column:
    # Integers of 16 digits and more are not exact as doubles, so they are scaled as integers.
    integer = F.when(text.rlike(_INTEGER), text.try_cast("bigint"))
    end = F.lit(_END_SECONDS * _PER_SECOND[unit]) if unit != "ns" else F.lit((1 << 63) - 1)
    seconds = text.try_cast("double") / _PER_SECOND[unit]
    micros = F.when(F.abs(integer) < end, _scale(integer, unit)).when(
        integer.isNull() & (F.abs(seconds) < F.lit(float(_END_SECONDS))), F.round(seconds * 1e6).cast("bigint")
    )
    return F.timestamp_micros(micros)


def _scale(integer: Column, unit: TimeUnit) -> Column:
    if unit == "ns":
        return F.call_function("div", integer - F.pmod(integer, F.lit(1_000)), F.lit(1_000))
    return F.try_multiply(integer, F.lit(1_000_000 // _PER_SECOND[unit]))
