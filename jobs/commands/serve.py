"""``nightshelf serve``: become the server."""

import os
import sys
from typing import Annotated

import typer

from jobs.contract.settings import PREFIX, load


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen; default: the setting serving.host.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one. Default: serving.port.")] = None,
) -> None:
    """Serve the announced release over HTTP until stopped; a newly announced one is taken up by itself."""
    variables = {f"{PREFIX}SERVING__HOST": host, f"{PREFIX}SERVING__PORT": None if port is None else str(port)}
    os.environ.update({name: value for name, value in variables.items() if value is not None})
    load()  # so that a fault in the settings is one sentence
    # The server gets a process without this one's imports.
    os.execv(sys.executable, [sys.executable, "-m", "serving"])  # noqa: S606 - our own module
