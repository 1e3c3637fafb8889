"""A server started for real, as a process of its own on a free port."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from jobs.contract.home import Home

_START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        url: Where it listens.
        process: Its process.
        http: A client that keeps its connections.
        log: Where its log lines go.
    """

    url: str
    process: subprocess.Popen
    http: httpx.Client
    log: Path

    def get(self, path: str, **query: Any) -> dict:
        """Return the JSON answer of a GET that must succeed."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.contextmanager
def running_server(
    home: Home, log: Path, online_store: str = "sqlite", python: str = sys.executable, **environment: str
) -> Iterator[Server]:
    """Run ``python -m serving`` for the block, then stop it with SIGTERM and hold that it went in order."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTSHELF_")}
    variables |= {
        "NIGHTSHELF_HOME": str(home.root),
        "NIGHTSHELF_ONLINE_STORE": online_store,
        "NIGHTSHELF_SERVING__PORT": "0",
        "NIGHTSHELF_SERVING__POLL_SECONDS": "0.05",
        **environment,
    }
    with log.open("wb") as sink:
        process = subprocess.Popen([python, "-m", "serving"], env=variables, stdout=sink, stderr=sink, cwd=home.root)
    try:
        url = _wait_for_url(process, log)
        with httpx.Client(base_url=url, timeout=30) as http:
            yield Server(url, process, http, log)
    finally:
        process.terminate()
        ended = process.wait(timeout=30)
    assert ended in (0, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


def wait_until(met: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until a condition is met."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def without_impressions(value: Any) -> Any:
    """Return a JSON answer without its impression ids, the one thing that differs between equal answers."""
    if isinstance(value, dict):
        return {name: without_impressions(inner) for name, inner in value.items() if name != "impression_id"}
    return [without_impressions(inner) for inner in value] if isinstance(value, list) else value


def _wait_for_url(process: subprocess.Popen, log: Path) -> str:
    found: list[str] = []

    def listening() -> bool:
        assert process.poll() is None, log.read_text()
        for line in log.read_text().splitlines():
            if line.startswith("{") and line.endswith("}") and (event := json.loads(line))["event"] == "listening":
                found.append(event["url"])
        return bool(found)

    wait_until(listening, f"the server in {log} listens", _START_SECONDS)
    return found[0]
