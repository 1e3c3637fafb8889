"""The cursor of a list's next page: it names its release, so that paging never mixes two."""

import base64
import binascii
from typing import Annotated

import msgspec
from msgspec import Meta

from serving.problems import ProblemError, shorten

_Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""Beyond any list, and small enough that what is added to it can always be sent."""


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where the next page starts."""

    release: str
    position: _Count
    """Into the user's row followed by the popular list, before any filter: a change of filters moves nothing."""
    rank: _Count
    """Items shown on the pages before."""


def encode_cursor(cursor: Cursor) -> str:
    """Return the cursor as text that needs no escaping in a URL."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursor)).decode().rstrip("=")


def decode_cursor(text: str, release: str) -> Cursor:
    """Return the cursor in ``text``.

    Raises:
        ProblemError: 404 if it was not made here, 410 if its release is no longer served.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = msgspec.msgpack.decode(base64.b64decode(padded, b"-_", validate=True), type=Cursor)
    except (UnicodeError, binascii.Error, msgspec.DecodeError):
        raise _no_such_page(text) from None
    if cursor.release != release:
        raise ProblemError(
            410,
            "release-gone",
            f"The cursor belongs to release {cursor.release}, which is no longer served. Start again without a cursor.",
            found=cursor.release,
            expected=release,
        )
    return cursor


def _no_such_page(text: str) -> ProblemError:
    expected = "the 'next' of an earlier answer"
    return ProblemError(
        404, "no-such-page", f"There is no page {shorten(text)!r}, expected {expected}.", text, expected
    )
