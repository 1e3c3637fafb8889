"""The server as a process of its own, on a free port."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jobs.contract.errors import NightshelfError
from jobs.contract.settings import Settings

_POLL_SECONDS = 0.2
_TIMEOUT_SECONDS = 120


@dataclass
class HttpServer:
    """``python -m serving``, ready; leaving its block stops it."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    @classmethod
    def start(cls, settings: Settings) -> Self:
        """Start the server on the settings' home and wait until it is ready.

        Raises:
            NightshelfError: If it ends, or is not ready in two minutes, with the end of its log.
        """
        port = _free_port()
        log = settings.home / "serving.log"
        variables = {**os.environ, "NIGHTSHELF_HOME": str(settings.home), "NIGHTSHELF_SERVING__PORT": str(port)}
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "serving"],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        server = cls(process, f"http://127.0.0.1:{port}", log)
        server._wait_until_ready()
        return server

    def get(self, path: str) -> dict[str, Any]:
        """Return the JSON answer to a GET of ``path``."""
        with urllib.request.urlopen(self.url + path, timeout=10) as response:  # noqa: S310 - our own server
            return dict(json.load(response))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        said = "it does not listen"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.get("/readyz")
            except urllib.error.HTTPError as error:
                said = error.read().decode(errors="replace")
            except OSError:
                pass
            else:
                return
            try:
                self.process.wait(timeout=_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        self.stop()
        end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise NightshelfError(f"The server is not ready: {said}. The end of its log ({self.log}):\n{end}")

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.terminate()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
