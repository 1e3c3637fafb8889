"""From a raw path to a route: ids stay percent-encoded until here, so that they may hold any character, %2F too."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from serving.problems import ProblemError
from serving.responses import Reply


@dataclass(frozen=True)
class Route:
    """One call of the contract.

    Attributes:
        template: As in OpenAPI; also the route's name in metrics and logs.
        method: GET or POST.
        handler: From a request to a reply.
    """

    template: str
    method: str
    handler: Callable[[Any], Reply]

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be sent; HEAD is answered like GET, without the body."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._whole = {route.template.encode(): route for route in routes if "{" not in route.template}
        self._prefixed = [
            (route.template.partition("{")[0].encode(), route) for route in routes if route.template.endswith("}")
        ]

    def find(self, raw_path: bytes) -> tuple[Route, bytes]:
        """Return the route of a path, and the raw id at its end (empty where the route has none).

        A raw ``/`` separates: inside an id it is written %2F.

        Raises:
            ProblemError: 404 if there is no such path.
        """
        if route := self._whole.get(raw_path):
            return route, b""
        for prefix, route in self._prefixed:
            raw_id = raw_path[len(prefix) :]
            if raw_path.startswith(prefix) and raw_id and b"/" not in raw_id:
                return route, raw_id
        raise ProblemError(
            HTTPStatus.NOT_FOUND,
            "no-such-path",
            "There is no such path; /openapi.json lists them. Inside an id, / is written %2F.",
            ascii(raw_path)[2:-1],
        )
