"""What a request can be told instead of an answer: RFC 9457 problems, raised anywhere and answered in one place."""

from http import HTTPStatus

from serving.responses import Problem, Reply, encode

PROBLEM_JSON = b"application/problem+json"
_MAX_SHOWN = 100
Headers = tuple[tuple[bytes, bytes], ...]


class ProblemError(Exception):
    """A request that cannot be answered, and why.

    Attributes:
        status: HTTP status.
        kind: Stable name of the fault, the last part of the problem's ``type``.
        detail: One sentence for people.
        found: What the request held, shortened; None where that says nothing.
        expected: What would have been right; None where that says nothing.
        headers: Further headers, such as Allow.
    """

    def __init__(  # noqa: PLR0913 - the members of a problem
        self,
        status: int,
        kind: str,
        detail: str,
        found: str | None = None,
        expected: str | None = None,
        headers: Headers = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.found = shorten(found) if found is not None else None
        self.expected = expected
        self.headers = headers


def bad_parameter(name: str, found: str, expected: str) -> ProblemError:
    """Return the problem of a parameter or member that is not what it must be (422)."""
    detail = f"{name} is {shorten(found)!r}, expected {expected}."
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-parameter", detail, found, expected)


def not_ready(fault: str | None) -> ProblemError:
    """Return the problem of a server without a release (503), to be asked again in a second."""
    detail = fault or "No release was announced yet. Announce one: nightshelf run."
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return ProblemError(status, "no-release", f"No release is loaded. {detail}", headers=((b"retry-after", b"1"),))


def reply_to(error: ProblemError) -> Reply:
    """Return a problem as an HTTP reply."""
    problem = Problem(
        type=f"urn:nightshelf:problem:{error.kind}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        found=error.found,
        expected=error.expected,
    )
    return Reply(error.status, PROBLEM_JSON, encode(problem), error.headers)


def shorten(found: str) -> str:
    """Return ``found`` cut to 100 characters, saying how long it was."""
    return found if len(found) <= _MAX_SHOWN else f"{found[:_MAX_SHOWN]}... ({len(found):,} characters)"
