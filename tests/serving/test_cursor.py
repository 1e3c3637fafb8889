"""Cursors of the next page."""

import base64

import msgspec
import pytest

from serving.cursor import Cursor, decode_cursor, encode_cursor
from serving.problems import ProblemError


def test_a_cursor_survives_the_way_to_the_client_and_back():
    cursor = Cursor("20260131_000001_ab12", 250, 200)
    text = encode_cursor(cursor)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert decode_cursor(text, cursor.release) == cursor


def test_a_cursor_of_a_release_that_is_gone_says_so():
    with pytest.raises(ProblemError, match="belongs to release old, which is no longer served") as refused:
        decode_cursor(encode_cursor(Cursor("old", 1, 1)), "new")
    assert (refused.value.status, refused.value.found, refused.value.expected) == (410, "old", "new")


def _forged(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a b",
        "\u00e9",
        "%%%%",
        "AAAA",
        _forged(["r", -1, 0]),
        _forged(["r", 0, -1]),
        _forged(["r", 2**31, 0]),
        _forged(["r", 0, 2**64 - 1]),
        _forged(["r", "0", 0]),
        _forged(["r", 0]),
        _forged(["r", 0, 0, 0]),
        _forged(["r", 1.5, 0]),
    ],
)
def test_a_cursor_that_was_not_made_here_is_refused(text):
    with pytest.raises(ProblemError, match="expected the 'next' of an earlier answer") as refused:
        decode_cursor(text, "r")
    assert refused.value.status == 404
