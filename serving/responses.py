"""The shape of every answer: these structs are what is sent and what /openapi.json describes."""

import secrets
import time
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

JSON = b"application/json"
MAX_K = 200
DEFAULT_K = 10
encode = msgspec.json.Encoder().encode
Fallback = Literal["popular", "degraded"]
_NS_PER_MS = 1_000_000


class Reply(NamedTuple):
    """An HTTP reply before it is sent."""

    status: int
    content_type: bytes
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Item(msgspec.Struct, frozen=True, gc=False):
    """One item of a list."""

    item_id: str
    title: str
    rank: Annotated[int, Meta(ge=1, description="Place in the whole list, from 1; pages continue it.")]
    score: Annotated[float, Meta(description="Comparable among items of the same sources only; `rank` is the order.")]
    reason: Annotated[str, Meta(description="A sentence to show.")]
    sources: Annotated[
        list[str],
        Meta(description='Where it came from; a topped-up item says ["popular"], one put there by a rule alone [].'),
    ]


class Recommendations(msgspec.Struct, frozen=True):
    """A user's list, whole from one release."""

    release: str
    arm: Annotated[str, Meta(description="Which side of an experiment answered.")]
    impression_id: Annotated[str, Meta(description="Fresh for every answer; send it back with feedback.")]
    user_id: str
    fallback: Annotated[
        Fallback | None,
        Meta(description="null: the user's own list; popular: an unknown user; degraded: the online store failed."),
    ]
    items: list[Item]
    next: Annotated[str | None, Meta(description="Send it as `cursor`, with the same filters, for the next page.")]


class BatchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many users at once."""

    user_ids: Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(min_length=1)]
    k: Annotated[float, Meta(ge=1, le=MAX_K, multiple_of=1)] = DEFAULT_K
    """An integer as JSON Schema means it: 10.0 is one."""
    category: str | None = None
    exclude: list[str] = []


class BatchAnswer(msgspec.Struct, frozen=True):
    """One list a user, in the order asked, all of one release."""

    release: str
    answers: list[Recommendations]


class SimilarItems(msgspec.Struct, frozen=True):
    """An item's neighbours."""

    release: str
    arm: str
    impression_id: str
    item_id: str
    items: list[Item]
    note: Annotated[str | None, Meta(description="Why the list is empty or shorter than k; else null.")]


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457: what was wrong, and what was expected."""

    type: str
    title: str
    status: int
    detail: str
    found: str | None
    expected: str | None


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["alive"]


class Readiness(msgspec.Struct, frozen=True):
    """What is served, and what stands in the way of what was announced."""

    status: Literal["ready"]
    release: str
    overlay: Annotated[int, Meta(description="Version of the overlay in force; 0 = none.")]
    fault: Annotated[str | None, Meta(description="Why what was announced is not served; names the file.")]


class Version(msgspec.Struct, frozen=True):
    """The server's version, and where its release comes from."""

    name: str
    version: str
    release: str | None
    overlay: int | None
    run_date: str | None
    as_of: str | None
    created_at: str | None
    code_version: str | None
    metrics: dict[str, dict[str, float]] | None


def as_json(value: msgspec.Struct, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Reply:
    """Return a struct as a 200 reply that no cache may keep: impressions are counted one by one."""
    return Reply(200, JSON, encode(value), ((b"cache-control", b"no-store"), *headers))


def new_impression_id() -> str:
    """Return 32 hex digits, never the same twice, that sort by the millisecond they were drawn in."""
    return f"{time.time_ns() // _NS_PER_MS:012x}{secrets.token_hex(10)}"


def decode_batch(body: bytes) -> BatchRequest:
    """Return the batch request in ``body``.

    Raises:
        msgspec.ValidationError: If it is JSON of another shape.
        msgspec.DecodeError: If it is not JSON.
        UnicodeDecodeError: If it is not UTF-8.
    """
    return _batch_decoder.decode(body)


def decode_any(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value in ``body``."""
    return msgspec.json.decode(body)


_batch_decoder = msgspec.json.Decoder(BatchRequest)
