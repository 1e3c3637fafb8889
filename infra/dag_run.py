"""One run of the DAG ``nightly`` by ``airflow dags test``, watched through the reports that its stages leave."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.local_airflow import environment
from jobs.contract.atomic_files import read_json
from jobs.contract.errors import NightshelfError
from jobs.contract.home import Home
from jobs.contract.settings import Settings
from jobs.contract.stages import STAGES

_POLL_SECONDS = 0.5
_SHOWN_LINES = 25
# What the Spark operator repeats of a failed program's output, up to Airflow's next own line.
_PROGRAM_OUTPUT = re.compile(r"Last spark-submit output:\n(.*?)(?=^\d{4}-\d\d-\d\dT|\Z)", re.DOTALL | re.MULTILINE)
_AIRFLOW_WAITS = "No tasks to run"


@dataclass
class DagRun:
    """A running ``airflow dags test nightly``; leaving its block ends the process."""

    process: subprocess.Popen[bytes]
    home: Home
    earlier_runs: frozenset[str]
    log: Path

    @classmethod
    def start(cls, settings: Settings) -> Self:
        """Bring Airflow's database up to date and start the run on the settings' dataset."""
        home = Home(settings.home)
        variables = {**environment(settings), "NIGHTSHELF_DATASET": settings.dataset}
        log = Path(variables["AIRFLOW_HOME"]) / "logs" / "dags_test.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        earlier = frozenset(path.parent.name for path in home.runs.glob("*/run.json"))
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["bash", "-c", "airflow db migrate && exec airflow dags test nightly"],  # noqa: S607 - of this environment
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        return cls(process, home, earlier, log)

    def finished_stages(self, on_wait: Callable[[str], None]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (stage, report) as each finishes, in the order in which they do.

        Args:
            on_wait: Told now and then what is being waited for.

        Raises:
            NightshelfError: If the run fails, with the end of the failing stage's log.
        """
        seen: set[str] = set()
        started = time.monotonic()
        while True:
            ended = self._ended()
            for stage in STAGES:
                report = self._report(stage)
                if report is not None and stage not in seen:
                    seen.add(stage)
                    started = time.monotonic()
                    yield stage, report
            if ended:
                break
            waiting = next((stage for stage in STAGES if stage not in seen), "the end of the run")
            on_wait(f"{waiting} ({time.monotonic() - started:.0f} s)")
        if self.process.returncode or len(seen) < len(STAGES):
            failed = next((stage for stage in STAGES if stage not in seen), "the run")
            raise NightshelfError(f"{failed} failed. The end of its log ({self.log}):\n{end_of_log(self.log)}")

    def _ended(self) -> bool:
        try:
            self.process.wait(timeout=_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _report(self, stage: str) -> dict[str, Any] | None:
        for path in self.home.runs.glob(f"*/{stage}.json"):
            if path.parent.name not in self.earlier_runs:
                return dict(read_json(path))
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()


def end_of_log(log: Path) -> str:
    """Return the last lines that a failed program wrote, or the log's own where none did."""
    text = log.read_text(errors="replace")
    outputs = _PROGRAM_OUTPUT.findall(text)
    lines = (outputs[-1] if outputs else text).rstrip().splitlines()
    return "\n".join([line for line in lines if _AIRFLOW_WAITS not in line][-_SHOWN_LINES:])
