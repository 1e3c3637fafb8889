"""Targets decoded strictly, bodies read within a limit."""

import asyncio

import pytest

from serving.problems import ProblemError
from serving.request import check_target, decode, parse_query, read_json_body


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a%2Fb", "a/b"),
        (b"%F0%9F%8E%AC", "\U0001f3ac"),
        (b"%00", "\x00"),
        (b"a+b", "a+b"),
        (b"%25", "%"),
        (b"..", ".."),
    ],
)
def test_an_id_may_hold_any_character(raw, text):
    assert decode(raw, "user_id") == text


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"%ED%A0%80", "user_id is not UTF-8"),
        (b"%FF", "user_id is not UTF-8"),
        (b"%C0%AF", "user_id is not UTF-8"),
        (b"%zz", "user_id holds a % without two hex digits"),
        (b"100%", "user_id holds a % without two hex digits"),
        (b"%2", "user_id holds a % without two hex digits"),
    ],
)
def test_broken_encodings_are_refused(raw, detail):
    with pytest.raises(ProblemError, match=detail) as refused:
        decode(raw, "user_id")
    assert refused.value.status == 400


def test_a_query_keeps_values_apart_and_reads_plus_as_a_space():
    query = parse_query(b"a=1&b=x+y%2B&a=2&c")
    assert query.one("b") == "x y+"
    assert query.many("a") == ["1", "2"]
    assert query.one("c") == ""
    assert query.one("absent") is None
    assert parse_query(b"").values == {}


def test_a_target_of_more_than_8_kib_is_refused():
    check_target({"raw_path": b"/" * 8000, "query_string": b"x" * 192})
    with pytest.raises(ProblemError, match="has 8,193 bytes, expected at most 8,192 bytes") as refused:
        check_target({"raw_path": b"/" * 8000, "query_string": b"x" * 193})
    assert refused.value.status == 414


def _read(headers, chunks, max_bytes=10):
    messages = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks) - 1} for n, chunk in enumerate(chunks)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return asyncio.run(read_json_body({"headers": headers}, receive, max_bytes))


JSON_HEADER = (b"content-type", b"Application/JSON; charset=utf-8")


def test_a_body_is_joined_from_its_chunks():
    assert _read([JSON_HEADER], [b"{", b"}", b""]) == b"{}"


def test_another_content_type_is_refused():
    with pytest.raises(ProblemError, match="The body is 'text/plain', expected application/json") as refused:
        _read([(b"content-type", b"text/plain")], [b"{}"])
    assert refused.value.status == 415
    with pytest.raises(ProblemError, match="The body is '', expected application/json"):
        _read([], [b"{}"])


def test_a_body_past_the_limit_is_refused_before_and_while_it_is_read():
    for headers in ([JSON_HEADER, (b"content-length", b"11")], [JSON_HEADER]):
        with pytest.raises(ProblemError, match="too large, expected at most 10 bytes") as refused:
            _read(headers, [b"123456", b"78901"])
        assert refused.value.status == 413


def test_a_client_that_leaves_is_not_waited_for():
    with pytest.raises(ProblemError, match="The client left"):
        _read([JSON_HEADER], [])
