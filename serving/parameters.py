"""What may be asked for: each parameter checked, and refused with what was found and what was expected."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from serving.problems import ProblemError, bad_parameter
from serving.request import Query
from serving.responses import DEFAULT_K, MAX_K, BatchRequest, decode_any, decode_batch

_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_K_EXPECTED = f"an integer from 1 to {MAX_K}"
_INTEGER = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_FAULT_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]", re.ASCII)


@dataclass(frozen=True)
class Filters:
    """Which items a caller wants, and how many.

    Attributes:
        k: Items wanted, 1 to 200.
        category: Only items of this category; None = any.
        exclude: Item ids that must not be in the answer.
    """

    k: int = DEFAULT_K
    category: str | None = None
    exclude: frozenset[str] = frozenset()


def parse_k(text: str | None) -> int:
    """Return k from its text; absent = 10.

    Raises:
        ProblemError: 422 for anything but an integer from 1 to 200.
    """
    if text is None:
        return DEFAULT_K
    if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= MAX_K:
        raise bad_parameter("k", text, _K_EXPECTED)
    return int(text)


def parse_filters(query: Query) -> Filters:
    """Return the filters of a query string; an empty category is no filter."""
    return Filters(parse_k(query.one("k")), query.one("category") or None, frozenset(query.many("exclude")))


def parse_batch(body: bytes, max_users: int) -> BatchRequest:
    """Return a batch request.

    Raises:
        ProblemError: 400 if the body is not JSON, 422 if its shape or a value is wrong.
    """
    try:
        batch = decode_batch(body)
    except msgspec.ValidationError as error:
        raise _bad_shape(str(error), body) from None
    except _NOT_JSON as error:
        raise _not_json(error) from None
    if len(batch.user_ids) > max_users:
        raise bad_parameter("user_ids", f"{len(batch.user_ids)} users", f"at most {max_users}")
    return batch


def _bad_shape(fault: str, body: bytes) -> ProblemError:
    matched = _FAULT_AT.match(fault)
    what, path = (matched["what"], matched["path"] or "") if matched else (fault, "")
    detail = f"{path.lstrip('.') or 'The body'}: {what[0].lower()}{what[1:]}."
    try:
        found = msgspec.json.encode(_value_at(decode_any(body), path)).decode()
    except msgspec.ValidationError:  # a number beyond any float
        return ProblemError(422, "bad-parameter", detail, expected=what)
    except _NOT_JSON as error:  # broken behind the fault that was met first
        return _not_json(error)
    if path == ".k":
        return bad_parameter("k", found, _K_EXPECTED)
    return ProblemError(422, "bad-parameter", detail, found, what)


def _not_json(error: Exception) -> ProblemError:
    return ProblemError(400, "not-json", f"The body is not JSON: {error}.", expected="a JSON object")


def _value_at(value: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    for step in _STEP.finditer(path):
        value = value[step["name"]] if step["name"] else value[int(step["index"])]
    return value
