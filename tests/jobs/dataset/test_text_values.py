from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from jobs.dataset.text_values import arrow_text, exact_text, json_text, text_array


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([77, None]), ["77", None]),
        (pa.array([77.0, 0.5, None, float("nan")]), ["77", "0.5", None, None]),
        (pa.array(["077", " 77 ", ""]), ["077", " 77 ", ""]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([Decimal("77.00"), Decimal("0.50")]), ["77", "0.50"]),
        (pa.array([["a", "b"], None]), ['["a", "b"]', None]),
        (pa.array([{"b": 1, "a": "x"}]), ['{"a": "x", "b": 1}']),
        (pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string())), ['{"k": "v"}']),
        (pa.nulls(2), [None, None]),
        (pa.array([2**63], pa.uint64()), [str(2**63)]),
    ],
)
def test_values_of_any_type_become_texts(values, expected):
    texts, replaced = arrow_text(values)
    assert texts.to_pylist() == expected
    assert texts.type == pa.string()
    assert replaced == []


def test_whole_floats_past_exact_integers_keep_their_own_form():
    assert arrow_text(pa.array([1e300]))[0].to_pylist() == ["1e+300"]


def test_nan_is_kept_where_it_is_asked_for():
    assert arrow_text(pa.array([float("nan"), 1.0]), keep_nan=True)[0].to_pylist() == ["NaN", "1"]


def test_times_with_a_zone_are_told_from_times_without():
    moment = datetime(2026, 1, 31, 8, tzinfo=UTC)
    aware = pa.array([moment], pa.timestamp("ns", "Asia/Tokyo"))
    naive = pa.array([moment.replace(tzinfo=None)], pa.timestamp("ns"))
    assert arrow_text(aware)[0].to_pylist() == ["2026-01-31 08:00:00.000000Z"]
    assert arrow_text(naive)[0].to_pylist() == ["2026-01-31 08:00:00.000000"]


def test_invalid_utf8_in_parquet_is_replaced_and_told():
    texts, replaced = arrow_text(pa.array([b"caf\xe9", b"", b"ok", None]))
    assert texts.to_pylist() == ["caf\ufffd", "", "ok", None]
    assert replaced == [0]


def test_lone_surrogates_are_replaced_and_told():
    texts, replaced = text_array(["ok", "bad \udce9", None])
    assert texts.to_pylist() == ["ok", "bad \ufffd", None]
    assert replaced == [1]


@pytest.mark.parametrize(
    ("value", "text"),
    [(77, "77"), (77.0, "77"), ("77.0", "77.0"), (0.5, "0.5"), (True, "true"), (None, None), (["a"], '["a"]'),
     ({"b": 1, "a": "é"}, '{"a": "é", "b": 1}'), (10**30, str(10**30)), (float("nan"), "nan")],
)  # fmt: skip
def test_json_values_become_texts(value, text):
    assert json_text(value) == text


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, None]),
        pa.array([1.0, 1.5, float("nan"), None]),
        pa.array(["a", "", None]),
        pa.array(["a", "b"]).dictionary_encode(),
        pa.array([b"\xff", b"\xfe", b"a"]),
        pa.array([b"\xff\x00", b"\xfe\x00"], pa.binary(2)),
        pa.array([1, (1 << 63) - 1], pa.timestamp("s")),
        pa.array([1, 2], pa.duration("ns")),
        pa.array([1, 2], pa.date32()),
        pa.array([True, False, None]),
        pa.array([Decimal("1.00"), Decimal("1.01")]),
        pa.array([[1], [1, 2], None]),
        pa.array([{"a": 1}, {"a": None}]),
    ],
)
def test_exact_texts_tell_values_of_any_type_apart(values):
    found = exact_text(values)
    assert found.type == pa.string()
    assert found.null_count == values.null_count
    assert len(set(found.to_pylist())) == len(values)
