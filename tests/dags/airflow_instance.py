"""Airflow started for real by ``make airflow``'s own program, and spoken to as its web interface does."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.architecture.code import CHECKOUT

_START_SECONDS = 300
_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class AirflowInstance:
    """A running Airflow.

    Attributes:
        http: A logged-in client of its REST interface.
        environment: Variables with which its command line finds it.
        log: What it printed.
    """

    http: httpx.Client
    environment: dict[str, str]
    log: Path

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON answer of a call that must succeed."""
        answer = self.http.request(method, f"/api/v2{path}", json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def command(self, *arguments: str) -> str:
        """Return what ``airflow ARGUMENTS`` printed."""
        done = subprocess.run(
            ["airflow", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def runs(self, run_type: str) -> list[dict[str, Any]]:
        """Return the DAG's runs of one type, oldest first."""
        listed = self.request("GET", f"/dags/nightly/dagRuns?run_type={run_type}&order_by=run_after")
        return list(listed["dag_runs"])

    def finished_runs(self, run_type: str, n_runs: int, seconds: float) -> list[dict[str, Any]]:
        """Wait until there are ``n_runs`` of a type and all have ended; return them, oldest first."""
        found: list[dict[str, Any]] = []

        def ended() -> bool:
            found[:] = self.runs(run_type)
            return len(found) >= n_runs and all(run["state"] in {"success", "failed"} for run in found)

        wait_until(ended, f"{n_runs} {run_type} runs end; see {self.log}", seconds)
        return found


@contextlib.contextmanager
def running_airflow(home: Path, port: int, **variables: str) -> Iterator[AirflowInstance]:
    """Run ``python -m infra.local_airflow`` on ``home`` for the block; end it with everything that it started."""
    environment = {**os.environ, "NIGHTSHELF_HOME": str(home), **variables}
    log = home / "airflow.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local_airflow"], env=environment, stdout=sink, stderr=sink, cwd=CHECKOUT
        )
    try:
        http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        with http:
            _log_in(http, home, process, log)
            yield AirflowInstance(http, environment, log)
    finally:
        _end(process)


def wait_until(met: Callable[[], bool], what: str, seconds: float) -> None:
    """Wait until a condition is met, looking every two seconds."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(_POLL_SECONDS)


def _log_in(http: httpx.Client, home: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Log in as ``make airflow`` says: as admin, with the password that lies in the home."""
    passwords = home / "airflow" / "simple_auth_manager_passwords.json.generated"

    def logged_in() -> bool:
        assert process.poll() is None, log.read_text()
        if not passwords.exists() or not passwords.read_text():
            return False
        try:
            password = json.loads(passwords.read_text())["admin"]
            answer = http.post("/auth/token", json={"username": "admin", "password": password})
        except (httpx.TransportError, json.JSONDecodeError):
            return False
        if answer.status_code != httpx.codes.CREATED:
            return False
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return True

    wait_until(logged_in, f"Airflow's web interface lets admin in; see {log}", _START_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Airflow and whatever it started: a killed scheduler leaves its Spark programs running."""
    started = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    # Not SIGINT: a shell has its background jobs ignore it, and whatever they start.
    process.terminate()
    for child in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait(timeout=60)
