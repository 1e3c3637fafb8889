import pytest
from pyspark.sql import functions as F

from jobs.validation.times import is_naive, parse_time

TIMES = {
    "2026-01-31": "2026-01-31 00:00:00",
    "2026-1-5 7:08:09": "2026-01-05 07:08:09",
    "2026/01/31 10:00": "2026-01-31 10:00:00",
    "20260131": "2026-01-31 00:00:00",
    "2026-01-31T10:00:00Z": "2026-01-31 10:00:00",
    "2026-01-31T10:00:00.123456789+0200": "2026-01-31 08:00:00.123456",
    "2026-01-31 10:00:00+02:00": "2026-01-31 08:00:00",
    " 2026-01-31 10:00:00 UTC ": "2026-01-31 10:00:00",
    "2026-01-31 10:00:00 Europe/Paris": "2026-01-31 09:00:00",
    "2026-02-30": None,
    "31/01/2026": None,
    "2026": None,
    "T12:00": None,
    "yesterday": None,
    "": None,
    "99999-01-01": None,
    "2026-01-31 25:00:00": None,
}


def evaluate(spark, texts, column):
    frame = spark.createDataFrame([(text,) for text in texts], "t string")
    return [row[0] for row in frame.select(column(F.col("t"))).collect()]


def test_iso_times_are_read_year_first_with_or_without_a_zone(spark):
    found = evaluate(spark, TIMES, lambda t: parse_time(t, "iso", None).cast("string"))
    assert dict(zip(TIMES, found, strict=True)) == TIMES


def test_a_named_timezone_moves_only_times_without_one(spark):
    texts = ["2026-01-31 10:00:00", "2026-01-31 10:00:00Z", "2026-07-01"]
    assert evaluate(spark, texts, lambda t: parse_time(t, "iso", "Europe/Paris").cast("string")) == [
        "2026-01-31 09:00:00",
        "2026-01-31 10:00:00",
        "2026-06-30 22:00:00",
    ]


def test_naive_times_are_told_from_times_with_a_zone(spark):
    texts = ["2026-01-31", "2026-01-31 10:00", "2026-01-31 10:00:00Z", "2026-01-31T10:00+01"]
    assert evaluate(spark, texts, lambda t: is_naive(t, "iso")) == [True, True, False, False]


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("s", "881250949", "1997-12-04 15:55:49"),
        ("s", "881250949.5", "1997-12-04 15:55:49.5"),
        ("s", "8.81250949e8", "1997-12-04 15:55:49"),
        ("s", "-1", "1969-12-31 23:59:59"),
        ("ms", "1600000000123", "2020-09-13 12:26:40.123"),
        ("us", "1600000000123456", "2020-09-13 12:26:40.123456"),
        ("ns", "1600000000123456789", "2020-09-13 12:26:40.123456"),
        ("s", "253402300800", None),
        ("s", "99999999999999999999", None),
        ("s", "1e400", None),
        ("s", "NaN", None),
        ("s", "2026-01-31", None),
    ],
)
def test_numbers_count_from_1970_in_the_columns_unit(spark, unit, text, expected):
    assert evaluate(spark, [text], lambda t: parse_time(t, unit, None).cast("string")) == [expected]
