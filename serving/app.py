"""The ASGI application: find the route, read the body, answer, count; every fault leaves as a problem."""

import time
from http import HTTPStatus

import structlog

from serving.handlers import Handlers, Request
from serving.metrics import Metrics
from serving.problems import ProblemError, reply_to
from serving.reload import Reloader
from serving.request import Receive, Scope, Send, check_target, parse_query, read_json_body
from serving.responses import Reply
from serving.routing import Router

UNMATCHED = "unmatched"
log = structlog.get_logger()


class App:
    """A raw ASGI application: a framework would cost several times what a lookup does."""

    def __init__(self, handlers: Handlers, reloader: Reloader, metrics: Metrics, max_body_bytes: int) -> None:
        self._router = Router(handlers.routes())
        self._reloader = reloader
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event of the ASGI protocol."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        name = UNMATCHED
        try:
            check_target(scope)
            route, raw_id = self._router.find(scope["raw_path"])
            name = route.template
            body = b""
            if scope["method"] not in route.methods:
                raise _wrong_method(scope["method"], route.methods)
            if scope["method"] == "POST":
                body = await read_json_body(scope, receive, self._max_body_bytes)
            reply = route.handler(Request(raw_id, parse_query(scope["query_string"]), body))
        except ProblemError as error:
            reply = reply_to(error)
        except Exception:  # our own fault: the client gets a problem, we get the traceback
            log.exception("request failed", route=name)
            reply = reply_to(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "The server failed."))
        await _send(send, reply, without_body=scope["method"] == "HEAD")
        self._metrics.answered(name, reply.status, time.perf_counter() - started)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._reloader.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._reloader.stop()
        await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Send, reply: Reply, *, without_body: bool) -> None:
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", str(len(reply.body)).encode()),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if without_body else reply.body})


def _wrong_method(found: str, allowed: tuple[str, ...]) -> ProblemError:
    expected = ", ".join(allowed)
    return ProblemError(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "wrong-method",
        f"The method is {found}, expected {expected}.",
        found,
        expected,
        ((b"allow", expected.encode()),),
    )
