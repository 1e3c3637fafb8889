"""``python -m serving``: load the announced release, then listen until SIGTERM or Ctrl-C."""

import os
import socket
import sys
import time

import structlog
import uvicorn

from jobs.contract.errors import NightshelfError, SettingsError
from jobs.contract.settings import Settings, load

_BACKLOG = 2048
_GRACE_SECONDS = 10
_NEVER_LOADED = ("torch", "pyspark", "airflow", "sentence_transformers", "transformers")
log = structlog.get_logger()


def main() -> None:
    """Serve with the settings of the environment; exit 1 with one sentence if they are not valid."""
    prepare_process()
    if not sys.stdout.isatty():
        *before, _ = structlog.get_config()["processors"]
        as_json = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
        structlog.configure(processors=[*before, *as_json])
    try:
        serve(load())
    except NightshelfError as error:
        sys.exit(f"serve: {error}")


def prepare_process() -> None:
    """Pin the process to UTC, in which Feast reads and writes times, and keep models out of it.

    Feast imports torch wherever it is installed, for 180 MB and seconds of start: a lookup needs no model.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    sys.modules.update(dict.fromkeys(_NEVER_LOADED))  # type: ignore[arg-type]


def serve(settings: Settings) -> None:
    """Serve until told to stop; returns once requests under way are answered.

    Raises:
        SettingsError: At once, if the address cannot be had.
    """
    with _bind(settings.serving.host, settings.serving.port) as listener:
        server = _load(settings)
        listener.listen(_BACKLOG)
        host, port = listener.getsockname()[:2]
        log.info("listening", url=f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        server.run(sockets=[listener])


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        hint = "Set NIGHTSHELF_SERVING__PORT to a free port, 0 = any."
        raise SettingsError(f"{host}:{port} cannot be listened on ({error.strerror}). {hint}") from None
    return listener


def _load(settings: Settings) -> uvicorn.Server:
    """Return the server with the announced release loaded. Feast takes seconds to import: here, once."""
    # Before feast, which switches prometheus_client to files shared between processes.
    from serving.metrics import Metrics  # isort: skip

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
    return uvicorn.Server(config)


if __name__ == "__main__":
    main()
