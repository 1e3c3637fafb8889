"""One function a route: from a decoded request to a reply."""

import time
from dataclasses import dataclass
from importlib.metadata import version

from jobs.contract.settings import Settings
from serving.cursor import decode_cursor
from serving.docs import asset, page
from serving.lookup import Served, read_rows, recommend
from serving.metrics import CONTENT_TYPE, Metrics
from serving.online_rows import UserRow
from serving.openapi import document
from serving.parameters import Filters, parse_batch, parse_filters, parse_k
from serving.problems import not_ready
from serving.reload import Reloader
from serving.request import Query, decode
from serving.responses import (
    JSON,
    BatchAnswer,
    Fallback,
    Health,
    Readiness,
    Reply,
    Version,
    as_json,
    encode,
)
from serving.routing import Route
from serving.similar import similar


@dataclass(frozen=True)
class Request:
    """What a handler gets.

    Attributes:
        raw_id: The id at the end of the path, percent-encoded; empty where the route has none.
        query: The query string.
        body: The body of a POST, read but not parsed.
    """

    raw_id: bytes
    query: Query
    body: bytes = b""


class Handlers:
    """The routes of a server and what they share."""

    def __init__(self, settings: Settings, reloader: Reloader, metrics: Metrics) -> None:
        self._reloader = reloader
        self._metrics = metrics
        self._max_batch = settings.serving.max_batch
        self._openapi = encode(document(self._max_batch))

    def routes(self) -> tuple[Route, ...]:
        """Return every route."""
        return (
            Route("/v1/recommendations/{user_id}", "GET", self.recommendations),
            Route("/v1/recommendations:batch", "POST", self.batch),
            Route("/v1/similar/{item_id}", "GET", self.similar),
            Route("/healthz", "GET", self.health),
            Route("/readyz", "GET", self.readiness),
            Route("/version", "GET", self.version),
            Route("/metrics", "GET", self.metrics),
            Route("/openapi.json", "GET", self.openapi),
            Route("/docs", "GET", self.docs),
            Route("/docs/{asset}", "GET", self.docs_asset),
        )

    def recommendations(self, request: Request) -> Reply:
        """A user's list."""
        user_id = decode(request.raw_id, "user_id")
        filters = parse_filters(request.query)
        served = self._served()
        text = request.query.one("cursor")
        cursor = decode_cursor(text, served.release.release_id) if text else None
        rows, failed = read_rows(served, [user_id])
        fallback = self._fallback(rows[0], failed)
        return as_json(recommend(served, user_id, rows[0], fallback, filters, time.time(), cursor))

    def batch(self, request: Request) -> Reply:
        """Many users' lists, all of one release."""
        batch = parse_batch(request.body, self._max_batch)
        served = self._served()
        filters = Filters(int(batch.k), batch.category or None, frozenset(batch.exclude))
        rows, failed = read_rows(served, batch.user_ids)
        now = time.time()
        answers = [
            recommend(served, user_id, row, self._fallback(row, failed), filters, now)
            for user_id, row in zip(batch.user_ids, rows, strict=True)
        ]
        return as_json(BatchAnswer(served.release.release_id, answers))

    def similar(self, request: Request) -> Reply:
        """An item's neighbours."""
        item_id = decode(request.raw_id, "item_id")
        k = parse_k(request.query.one("k"))
        return as_json(similar(self._served(), item_id, k, time.time()))

    def health(self, request: Request) -> Reply:  # noqa: ARG002 - every handler gets the request
        """The process answers."""
        return as_json(Health("alive"))

    def readiness(self, request: Request) -> Reply:  # noqa: ARG002
        """Whether a release is served, and what stands in the way of a newer one."""
        served = self._served()
        fault = self._reloader.fault
        return as_json(Readiness("ready", served.release.release_id, served.overlay.version, fault))

    def version(self, request: Request) -> Reply:  # noqa: ARG002
        """The server's version and its release's origin."""
        served = self._reloader.served
        manifest = served.release.manifest if served else None
        return as_json(
            Version(
                name="nightshelf",
                version=version("nightshelf"),
                release=manifest.release_id if manifest else None,
                overlay=served.overlay.version if served else None,
                run_date=manifest.run_date if manifest else None,
                as_of=manifest.as_of.isoformat() if manifest else None,
                created_at=manifest.created_at.isoformat() if manifest else None,
                code_version=manifest.code_version if manifest else None,
                metrics=manifest.metrics if manifest else None,
            )
        )

    def metrics(self, request: Request) -> Reply:  # noqa: ARG002
        """Prometheus' text format."""
        return Reply(200, CONTENT_TYPE, self._metrics.exposition())

    def openapi(self, request: Request) -> Reply:  # noqa: ARG002
        """The contract."""
        return Reply(200, JSON, self._openapi)

    def docs(self, request: Request) -> Reply:  # noqa: ARG002
        """The contract, to read and try."""
        return page()

    def docs_asset(self, request: Request) -> Reply:
        """A script or style of /docs."""
        return asset(decode(request.raw_id, "asset"))

    def _served(self) -> Served:
        served = self._reloader.served
        if served is None:
            raise not_ready(self._reloader.fault)
        return served

    def _fallback(self, row: UserRow | None, failed: bool) -> Fallback | None:
        if row is not None:
            return None
        kind: Fallback = "degraded" if failed else "popular"
        self._metrics.fell_back(kind)
        return kind
