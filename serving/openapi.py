"""The OpenAPI 3.1 document, made from the very structs that are sent."""

from importlib.metadata import version
from typing import Any

import msgspec

from serving.responses import (
    DEFAULT_K,
    MAX_K,
    BatchAnswer,
    BatchRequest,
    Health,
    Problem,
    Readiness,
    Recommendations,
    SimilarItems,
    Version,
)

Document = dict[str, Any]
_STRUCTS = (BatchAnswer, BatchRequest, Health, Problem, Readiness, Recommendations, SimilarItems, Version)
_DESCRIPTION = """Recommendations made overnight, served by lookup.

Ids are opaque text, compared exactly. In a path every reserved character of an id is percent-encoded, `/` as `%2F`.
Errors are `application/problem+json`.

**Availability.** Items outside their `available_from` .. `available_until` are left out, by the wall clock. A release
whose data ended over 30 days before it was made is an archive and is judged at the end of its data.
"""
_PROBLEMS = {
    400: "Percent-encoding, UTF-8 or JSON is broken.",
    404: "Nothing has that name.",
    405: "Another method is expected; see Allow.",
    410: "The cursor's release is no longer served: start again without a cursor.",
    413: "The body is too large.",
    414: "The path and query are too long.",
    415: "The body is not application/json.",
    422: "A parameter or member is not what it must be; see found and expected.",
    503: "No release is loaded yet, or it is damaged; ask again after Retry-After.",
}
_ANYWHERE = (400, 405, 414)
_K: Document = {
    "name": "k",
    "in": "query",
    "description": "How many items.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_K, "default": DEFAULT_K},
}
_FILTERS: list[Document] = [
    _K,
    {
        "name": "category",
        "in": "query",
        "description": "Only items of this category, compared exactly; empty = any.",
        "schema": {"type": "string"},
    },
    {
        "name": "exclude",
        "in": "query",
        "description": "Item ids to leave out, separated by commas or repeated; a comma inside an id is written %2C.",
        "schema": {"type": "string"},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "`next` of an earlier answer, with the same filters; empty = the first page.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
    },
]


def document(max_batch: int) -> Document:
    """Return the document.

    Args:
        max_batch: Users that one batch may name, ``serving.max_batch``.
    """
    _, components = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
    batch = components["BatchRequest"]["properties"]
    batch["k"] = _K["schema"]
    batch["user_ids"]["maxItems"] = max_batch
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nightshelf", "version": version("nightshelf"), "description": _DESCRIPTION},
        "paths": _paths(),
        "components": {"schemas": components},
    }


def _paths() -> Document:
    lists = _operation(
        "recommendations", Recommendations, problems=(404, 410, 422, 503), parameters=[_id("user_id"), *_FILTERS]
    )
    batch = _operation("batch", BatchAnswer, problems=(413, 415, 422, 503))
    batch["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(BatchRequest)}}}
    metrics = _operation("metrics", Health)
    metrics["responses"]["200"] = {
        "description": "Counters in Prometheus' text format.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return {
        "/v1/recommendations/{user_id}": {"get": lists},
        "/v1/recommendations:batch": {"post": batch},
        "/v1/similar/{item_id}": {
            "get": _operation("similar", SimilarItems, problems=(404, 422, 503), parameters=[_id("item_id"), _K])
        },
        "/healthz": {"get": _operation("healthz", Health)},
        "/readyz": {"get": _operation("readyz", Readiness, problems=(503,))},
        "/version": {"get": _operation("version", Version)},
        "/metrics": {"get": metrics},
    }


def _operation(
    name: str, answer: type[msgspec.Struct], problems: tuple[int, ...] = (), parameters: list[Document] | None = None
) -> Document:
    return {
        "operationId": name,
        "parameters": parameters or [],
        "responses": {
            "200": {
                "description": (answer.__doc__ or "").strip().splitlines()[0],
                "content": {"application/json": {"schema": _ref(answer)}},
            },
            **{str(status): _problem(status) for status in sorted({*_ANYWHERE, *problems})},
        },
    }


def _problem(status: int) -> Document:
    return {
        "description": _PROBLEMS[status],
        "content": {"application/problem+json": {"schema": _ref(Problem)}},
    }


def _id(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _ref(struct: type[msgspec.Struct]) -> Document:
    return {"$ref": f"#/components/schemas/{struct.__name__}"}
