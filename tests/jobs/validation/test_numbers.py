from pyspark.sql import functions as F

from jobs.validation.numbers import parse_integer, parse_number


def test_numbers_are_read_and_other_texts_are_null(spark):
    texts = ["3", " 3.5 ", "1e3", "-2", "3d", "1.f", "3,5", "abc", "", "0x10"]
    frame = spark.createDataFrame([(text,) for text in texts], "t string")
    rows = frame.select(parse_number(F.col("t")), parse_integer(F.col("t"))).collect()
    assert [row[0] for row in rows] == [3.0, 3.5, 1000.0, -2.0, None, None, None, None, None, None]
    assert [row[1] for row in rows] == [3, None, 1000, -2, None, None, None, None, None, None]


def test_nan_and_infinity_are_numbers_so_that_they_can_be_told(spark):
    frame = spark.createDataFrame([("NaN",), ("nan",), ("Infinity",), ("-inf",)], "t string")
    found = [str(row[0]) for row in frame.select(parse_number(F.col("t"))).collect()]
    assert found == ["nan", "nan", "inf", "-inf"]


def test_integers_past_32_bits_are_null(spark):
    frame = spark.createDataFrame([("2147483647",), ("2147483648",)], "t string")
    assert [row[0] for row in frame.select(parse_integer(F.col("t"))).collect()] == [2147483647, None]
