"""/docs: Swagger UI over /openapi.json, every file of it served from here and none from a CDN.

The files come with the wheel ``fastapi-swagger``, which holds the current Swagger UI; its Python is never imported.
"""

from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path

from serving.problems import ProblemError
from serving.responses import Reply

_PACKAGE = "fastapi_swagger"
_ASSETS = {
    "swagger-ui-bundle.js": b"text/javascript; charset=utf-8",
    "swagger-ui.css": b"text/css; charset=utf-8",
    "favicon-32x32.png": b"image/png",
}
_START = b"""SwaggerUIBundle({url: "../openapi.json", dom_id: "#swagger-ui", deepLinking: true});
"""
_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nightshelf</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript; the same contract lies at <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# The browser itself holds that nothing comes from elsewhere.
_POLICY = b"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"


def page() -> Reply:
    """Return the page."""
    return Reply(HTTPStatus.OK, b"text/html; charset=utf-8", _PAGE, ((b"content-security-policy", _POLICY),))


@cache
def asset(name: str) -> Reply:
    """Return one of the page's files.

    Raises:
        ProblemError: 404 for any other name.
    """
    if name == "start.js":
        return Reply(HTTPStatus.OK, b"text/javascript; charset=utf-8", _START)
    spec = find_spec(_PACKAGE)
    if name not in _ASSETS or spec is None or spec.origin is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "no-such-path", "There is no such file.", name, ", ".join(_ASSETS))
    return Reply(HTTPStatus.OK, _ASSETS[name], (Path(spec.origin).parent / "resources" / name).read_bytes())
