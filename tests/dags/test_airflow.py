"""Airflow for real, once: a run by schedule, one by hand, one that new data triggers, and a backfill.

A night costs minutes, nearly all of them Spark starting: the runs by hand and by new data are stopped once their first
stage is through. From there they go on as the run by schedule does. The backfill's three nights are left to the soak.
"""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from infra.local_airflow import environment
from jobs.contract.atomic_files import read_json
from jobs.contract.home import Home
from jobs.contract.release import read_pointer
from jobs.contract.settings import load
from jobs.contract.stages import STAGES
from tests.dags.airflow_instance import AirflowInstance, running_airflow, wait_until
from tests.tiny_dataset import write_tiny_dataset

pytestmark = [pytest.mark.process, pytest.mark.timeout(3_600)]

# An hour ago or two: so shortly after its time the scheduler makes up for a run as soon as the DAG is switched on.
SCHEDULED = (datetime.now(UTC) - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
DAYS = [(SCHEDULED - timedelta(days=back)).date().isoformat() for back in (3, 2, 1)]
NIGHT_SECONDS = 1_800
# As little work as a night can be: what is tested is who runs what, and when.
SMALL = {
    "NIGHTSHELF_SCHEDULE__CRON": f"0 {SCHEDULED.hour} * * *",
    "NIGHTSHELF_SPARK__DRIVER_MEMORY": "1g",
    "NIGHTSHELF_SPARK__SHUFFLE_PARTITIONS": "1",
    "NIGHTSHELF_SPARK__CONF": '{"spark.sql.codegen.wholeStage": "false"}',
    "NIGHTSHELF_ALS__RANK": "4",
    "NIGHTSHELF_ALS__ITERATIONS": "2",
    "NIGHTSHELF_EVALUATE__BOOTSTRAP": "100",
    "NIGHTSHELF_PUBLISH__N_TREES": "5",
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny dataset without its texts: a language model would be loaded once a night."""
    folder = write_tiny_dataset(tmp_path_factory.mktemp("dataset"))
    (folder / "items.csv").unlink()
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def airflow(home: Home, dataset: Path) -> Iterator[AirflowInstance]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {**SMALL, "NIGHTSHELF_HOME": str(home.root), "NIGHTSHELF_DATASET": str(dataset)}
    variables = {**environment(load(home=str(home.root)), port), **given}
    with running_airflow(home.root, port, **variables) as instance:

        def parsed() -> bool:
            return any(dag["dag_id"] == "nightly" for dag in instance.request("GET", "/dags")["dags"])

        wait_until(parsed, "the DAG is read", 300)
        instance.request("PATCH", "/dags/nightly", {"is_paused": False})
        yield instance


@pytest.fixture(scope="module")
def scheduled_run(airflow: AirflowInstance) -> dict[str, Any]:
    return airflow.finished_runs("scheduled", 1, NIGHT_SECONDS)[0]


@pytest.fixture(scope="module")
def manual_run(airflow: AirflowInstance, scheduled_run: dict[str, Any]) -> dict[str, Any]:
    """A run by hand, as the web interface starts one: without a logical date."""
    run = airflow.request("POST", "/dags/nightly/dagRuns", {"logical_date": None})
    return _stopped_after_first_stage(airflow, run)


@pytest.fixture(scope="module")
def asset_run(airflow: AirflowInstance, manual_run: dict[str, Any]) -> dict[str, Any]:
    """A run that an event of the asset started."""
    (asset,) = airflow.request("GET", "/assets?name_pattern=nightshelf_new_data")["assets"]
    airflow.request("POST", "/assets/events", {"asset_id": asset["id"]})
    wait_until(lambda: bool(airflow.runs("asset_triggered")), "the asset's event starts a run", 300)
    return _stopped_after_first_stage(airflow, airflow.runs("asset_triggered")[0])


def _stopped_after_first_stage(airflow: AirflowInstance, run: dict[str, Any]) -> dict[str, Any]:
    path = f"/dags/nightly/dagRuns/{quote(run['dag_run_id'])}"
    states: dict[str, str] = {}

    def first_stage_ended() -> bool:
        tasks = airflow.request("GET", f"{path}/taskInstances")["task_instances"]
        states.update({task["task_id"]: task["state"] for task in tasks})
        return states.get(STAGES[0]) in {"success", "failed"}

    wait_until(first_stage_ended, f"the first stage of {run['dag_run_id']} ends", NIGHT_SECONDS)
    airflow.request("PATCH", path, {"state": "failed"})
    return {**run, "states": states}


@pytest.fixture(scope="module")
def backfill_runs(airflow: AirflowInstance, asset_run: dict[str, Any]) -> list[dict[str, Any]]:
    """Three nights, computed afterwards."""
    airflow.command(
        *["backfill", "create", "--dag-id", "nightly", "--max-active-runs", "2"],
        *["--from-date", DAYS[0], "--to-date", f"{DAYS[-1]}T23:59:59"],
    )
    return airflow.finished_runs("backfill", len(DAYS), 3 * NIGHT_SECONDS)


def _nightshelf_runs(home: Home) -> list[dict[str, Any]]:
    return sorted((read_json(path) for path in home.runs.glob("*/run.json")), key=lambda run: run["token"])


def _report(home: Home, run: dict[str, Any], stage: str) -> dict[str, Any]:
    return dict(read_json(home.runs / run["run_id"] / f"{stage}.json"))


def _announced(home: Home) -> str:
    pointer = read_pointer(home)
    assert pointer is not None
    return pointer.release


def test_once_switched_on_the_dag_runs_on_its_schedule_and_announces(home: Home, scheduled_run: dict[str, Any]) -> None:
    assert scheduled_run["state"] == "success"
    assert datetime.fromisoformat(scheduled_run["logical_date"]) == SCHEDULED
    run = _nightshelf_runs(home)[0]
    assert (run["run_date"], run["announce"]) == (SCHEDULED.date().isoformat(), True)
    assert {path.stem for path in (home.runs / run["run_id"]).glob("*.json")} == {"run", *STAGES}
    assert _report(home, run, "announce")["announced"] is True
    assert _announced(home) == _report(home, run, "publish")["release"]


@pytest.mark.parametrize(("kind", "position"), [("manual_run", 1), ("asset_run", 2)])
def test_a_run_without_a_logical_date_is_of_the_day_on_which_it_is_due(
    home: Home, request: pytest.FixtureRequest, kind: str, position: int
) -> None:
    airflow_run = request.getfixturevalue(kind)
    assert airflow_run["logical_date"] is None
    assert airflow_run["states"]["open_run"] == airflow_run["states"][STAGES[0]] == "success"
    run = _nightshelf_runs(home)[position]
    assert (run["run_date"], run["announce"]) == (airflow_run["run_after"][:10], True)
    assert _report(home, run, STAGES[0])["as_of"].startswith("2025-12-08")


@pytest.mark.soak  # thirty more starts of Spark
def test_a_backfill_of_three_days_computes_three_and_announces_none(
    home: Home, scheduled_run: dict[str, Any], backfill_runs: list[dict[str, Any]]
) -> None:
    assert [run["state"] for run in backfill_runs] == ["success"] * 3
    first, _, _, *computed = _nightshelf_runs(home)
    assert sorted(run["run_date"] for run in computed) == DAYS
    assert {run["announce"] for run in computed} == {False}
    assert [_report(home, run, "announce")["announced"] for run in computed] == [False] * 3
    assert _announced(home) == _report(home, first, "publish")["release"]


def test_what_make_airflow_prints_says_where_to_go_and_how_to_log_in(home: Home, airflow: AirflowInstance) -> None:
    printed = "".join(airflow.log.read_text().split())
    assert f"Airflowstartsat{airflow.http.base_url}".rstrip("/") in printed
    assert "Loginasadmin" in printed
    assert "simple_auth_manager_passwords.json.generated" in printed
