"""A request as handlers see it: its target split and decoded strictly, its body read within a limit."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from serving.problems import ProblemError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_TARGET_BYTES = 8192
"""Path and query together; an id of 1 KiB fits percent-encoded, with room for filters."""
_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Query:
    """A query string: names decoded, values still percent-encoded, so that a list splits before it is decoded."""

    values: dict[str, list[bytes]]

    def one(self, name: str) -> str | None:
        """Return the parameter's value, or None if it is absent.

        Raises:
            ProblemError: 422 if it is given twice, 400 if it is not UTF-8.
        """
        values = self.values.get(name, [])
        if len(values) > 1:
            found = f"{len(values)} values"
            raise ProblemError(422, "bad-parameter", f"{name} is given {found}, expected one.", found, "one")
        return decode(values[0], name) if values else None

    def many(self, name: str) -> list[str]:
        """Return every value of a parameter that may be repeated or separated by commas.

        A comma inside a value is written %2C. Empty values are left out.
        """
        return [decode(part, name) for value in self.values.get(name, []) for part in value.split(b",") if part]


def parse_query(raw: bytes) -> Query:
    """Return the query string, split at ``&`` and ``=``; ``+`` stands for a space."""
    values: dict[str, list[bytes]] = {}
    for pair in raw.split(b"&") if raw else ():
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        values.setdefault(decode(name, "a parameter's name"), []).append(value)
    return Query(values)


def decode(raw: bytes, what: str) -> str:
    """Return percent-encoded UTF-8 as text.

    Raises:
        ProblemError: 400 for a stray ``%`` or bytes that are not UTF-8 (a lone surrogate is not).
    """
    found = ascii(raw)[2:-1]
    if _STRAY_PERCENT.search(raw):
        raise ProblemError(400, "bad-encoding", f"{what} holds a % without two hex digits.", found, "percent-encoding")
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise ProblemError(400, "bad-encoding", f"{what} is not UTF-8.", found, "percent-encoded UTF-8") from None


def check_target(scope: Scope) -> None:
    """Refuse a request target that is too long.

    Raises:
        ProblemError: 414.
    """
    size_bytes = len(scope["raw_path"]) + len(scope["query_string"])
    if size_bytes > MAX_TARGET_BYTES:
        expected = f"at most {MAX_TARGET_BYTES:,} bytes"
        raise ProblemError(414, "target-too-long", f"The target has {size_bytes:,} bytes, expected {expected}.")


async def read_json_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Return the body of a request that must be JSON, unparsed.

    Raises:
        ProblemError: 415 for another content type, 413 past ``max_bytes``.
    """
    headers = dict(scope["headers"])
    content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if content_type != b"application/json":
        found = ascii(content_type)[2:-1]
        raise ProblemError(
            415, "bad-content-type", f"The body is {found!r}, expected application/json.", found, "application/json"
        )
    if headers.get(b"content-length", b"0").isdigit() and int(headers.get(b"content-length", b"0")) > max_bytes:
        raise _too_large(max_bytes)
    chunks: list[bytes] = []
    size_bytes = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError(400, "disconnected", "The client left before its body was read.")
        chunks.append(message.get("body", b""))
        size_bytes += len(chunks[-1])
        if size_bytes > max_bytes:
            raise _too_large(max_bytes)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(max_bytes: int) -> ProblemError:
    expected = f"at most {max_bytes:,} bytes"
    return ProblemError(413, "body-too-large", f"The body is too large, expected {expected}.", expected=expected)
