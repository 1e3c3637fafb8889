"""``python -m serving``: load the announced release, then listen until SIGTERM or Ctrl-C."""

import os
import sys
import time

# Feast reads and writes times in the process's zone: everything here is UTC, whatever the machine says.
os.environ["TZ"] = "UTC"
time.tzset()

# Feast imports torch wherever it is installed, for 180 MB and seconds of start: a lookup needs no model.
for _name in ("torch", "pyspark", "airflow", "sentence_transformers", "transformers"):
    sys.modules[_name] = None  # type: ignore[assignment]

import socket  # noqa: E402

import structlog  # noqa: E402

from jobs.contract.errors import NightshelfError  # noqa: E402
from jobs.contract.settings import Settings, load  # noqa: E402

_BACKLOG = 2048
_GRACE_SECONDS = 10
log = structlog.get_logger()


def main() -> None:
    """Serve with the settings of the environment; exit 1 with one sentence if they are not valid."""
    if not sys.stdout.isatty():
        *before, _ = structlog.get_config()["processors"]
        structlog.configure(processors=[*before, structlog.processors.JSONRenderer()])
    try:
        serve(load())
    except NightshelfError as error:
        sys.exit(f"serve: {error}")


def serve(settings: Settings) -> None:
    """Serve until told to stop; returns once requests under way are answered."""
    # Before feast, which switches prometheus_client to files shared between processes.
    from serving.metrics import Metrics  # isort: skip

    # Feast takes seconds to import: here, once, before anything listens.
    import uvicorn

    from serving.app import App
    from serving.handlers import Handlers
    from serving.reload import Reloader

    metrics = Metrics()
    reloader = Reloader(settings, metrics)
    reloader.poll()
    app = App(Handlers(settings, reloader, metrics), reloader, metrics, settings.serving.max_body_bytes)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    with socket.create_server((settings.serving.host, settings.serving.port), backlog=_BACKLOG) as listener:
        host, port = listener.getsockname()[:2]
        log.info("listening", url=f"http://{host}:{port}")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
