"""The DAG as Airflow reads it, in a process of its own: Airflow sets up logging and more where it is imported."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.local_airflow import environment
from jobs.contract.settings import load
from tests.architecture.code import CHECKOUT


def parse_dag(home: Path, cases: list[dict[str, Any]], **variables: str) -> dict[str, Any]:
    """Return what tests/dags/parsed.py found, having opened a run for each case in ``home``."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.dags.parsed"],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        env={**os.environ, **environment(load(home=str(home))), **variables},
    )
    assert found.returncode == 0, found.stderr
    answers = [line for line in found.stdout.splitlines() if line.startswith("ANSWER ")]
    return dict(json.loads(answers[-1].removeprefix("ANSWER ")))
