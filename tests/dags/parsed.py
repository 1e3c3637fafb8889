"""Run by the tests in a process of its own: parse the DAG, open runs as its first task would, and print what came out.

Standard input holds a JSON list of cases: {"dag_run": {...}, "params": {...}}.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.dag_processing.dagbag import BundleDagBag

from tests.architecture.code import CHECKOUT
from tests.architecture.test_imports import NEVER


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _open(dag: Any, case: dict[str, Any]) -> dict[str, Any]:
    given = case["dag_run"]
    dag_run = SimpleNamespace(
        logical_date=_moment(given.get("logical_date")),
        run_after=_moment(given["run_after"]),
        run_type=given["run_type"],
    )
    params = {**dag.params, **case.get("params", {})}
    file = dag.task_dict["open_run"].python_callable(dag_run=dag_run, params=params)
    return dict(json.loads(Path(file).read_text()))


def main() -> None:
    cases = json.load(sys.stdin)
    folder = CHECKOUT / "dags"
    bag = BundleDagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="dags")
    heavy = sorted(name for name in NEVER["dags"] if name in sys.modules)
    answer = {"import_errors": bag.import_errors, "heavy": heavy}
    if not bag.import_errors:
        answer |= _described(bag.dags["nightly"], cases)
    print("ANSWER " + json.dumps(answer))  # noqa: T201 - read by the test


def _described(dag: Any, cases: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "downstream": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        "programs": {
            task.task_id: {
                "application": task.application,
                "arguments": task.application_args,
                "conf": task.conf,
                "driver_memory": task._driver_memory,
                "retries": task.retries,
            }
            for task in dag.tasks
            if task.task_id != "open_run"
        },
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timezone": str(dag.timetable.timetable.timezone),
        "cron": dag.timetable.timetable.expression,
        "assets": [asset.name for asset in dag.timetable.asset_condition.objects],
        "opened": [_open(dag, case) for case in cases],
    }


if __name__ == "__main__":
    main()
