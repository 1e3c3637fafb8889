"""Airflow for real, once: a manual run, one that new data triggers, and a backfill, on one small dataset."""

import csv
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local_airflow import environment
from jobs.contract.atomic_files import read_json
from jobs.contract.home import Home
from jobs.contract.release import read_pointer
from jobs.contract.settings import load
from jobs.contract.stages import STAGES
from tests.dags.airflow_instance import AirflowInstance, running_airflow, wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(1800)]

DAYS = ["2026-01-29", "2026-01-30", "2026-01-31"]
NIGHT_SECONDS = 900
# As little work as a night can be: what is tested is who runs what, and when.
SMALL = {
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
    """Thirty users who each liked eight of twenty items, even users the even ones; no texts."""
    folder = tmp_path_factory.mktemp("dataset")
    with (folder / "events.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["user_id", "item_id", "timestamp", "event_type"])
        for user in range(30):
            for n in range(8):
                item = 2 * ((user * 3 + n) % 10) + user % 2
                moment = datetime(2026, 1, 1) + timedelta(days=n, minutes=user)
                rows.writerow([f"user {user}", f"item {item}", moment.isoformat(), "like"])
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

        wait_until(parsed, "the DAG is read", 120)
        instance.request("PATCH", "/dags/nightly", {"is_paused": False})
        yield instance


@pytest.fixture(scope="module")
def manual_run(airflow: AirflowInstance) -> dict[str, Any]:
    """A run by hand, as the web interface starts one: without a logical date."""
    airflow.request("POST", "/dags/nightly/dagRuns", {"logical_date": None})
    return airflow.finished_runs("manual", 1, NIGHT_SECONDS)[0]


@pytest.fixture(scope="module")
def asset_run(airflow: AirflowInstance, manual_run: dict[str, Any]) -> dict[str, Any]:
    """A run that an event of the asset started, after the manual one."""
    assets = airflow.request("GET", "/assets?name_pattern=nightshelf_new_data")["assets"]
    airflow.request("POST", "/assets/events", {"asset_id": assets[0]["id"]})
    return airflow.finished_runs("asset_triggered", 1, NIGHT_SECONDS)[0]


@pytest.fixture(scope="module")
def backfill_runs(airflow: AirflowInstance, asset_run: dict[str, Any]) -> list[dict[str, Any]]:
    """Three nights of January, computed afterwards."""
    airflow.command(
        *["backfill", "create", "--dag-id", "nightly", "--max-active-runs", "2"],
        *["--from-date", DAYS[0], "--to-date", f"{DAYS[-1]}T23:00:00"],
    )
    return airflow.finished_runs("backfill", len(DAYS), 3 * NIGHT_SECONDS)


def _nightshelf_runs(home: Home) -> list[dict[str, Any]]:
    return sorted((read_json(path) for path in home.runs.glob("*/run.json")), key=lambda run: run["token"])


def _report(home: Home, run: dict[str, Any], stage: str) -> dict[str, Any]:
    return dict(read_json(home.runs / run["run_id"] / f"{stage}.json"))


def test_a_manual_run_without_a_logical_date_is_of_its_own_day_and_announces(
    home: Home, manual_run: dict[str, Any]
) -> None:
    assert (manual_run["state"], manual_run["logical_date"]) == ("success", None)
    run = _nightshelf_runs(home)[0]
    assert run["run_date"] == manual_run["run_after"][:10]
    assert {path.stem for path in (home.runs / run["run_id"]).glob("*.json")} == {"run", *STAGES}
    assert _report(home, run, "announce")["announced"] is True


def test_an_event_of_the_asset_starts_a_run_that_announces(home: Home, asset_run: dict[str, Any]) -> None:
    assert (asset_run["state"], asset_run["logical_date"]) == ("success", None)
    run = _nightshelf_runs(home)[1]
    assert run["run_date"] == asset_run["run_after"][:10]
    assert _report(home, run, "announce")["announced"] is True
    pointer = read_pointer(home)
    assert pointer is not None
    assert pointer.release == _report(home, run, "publish")["release"]


def test_a_backfill_of_three_days_computes_three_and_announces_none(
    home: Home, asset_run: dict[str, Any], backfill_runs: list[dict[str, Any]]
) -> None:
    assert [run["state"] for run in backfill_runs] == ["success"] * 3
    runs = _nightshelf_runs(home)[2:]
    assert sorted(run["run_date"] for run in runs) == DAYS
    assert {run["announce"] for run in runs} == {False}
    assert [_report(home, run, "announce")["announced"] for run in runs] == [False] * 3
    pointer = read_pointer(home)
    assert pointer is not None
    assert pointer.release == _report(home, _nightshelf_runs(home)[1], "publish")["release"]


def test_what_make_airflow_prints_says_where_to_go_and_how_to_log_in(home: Home, airflow: AirflowInstance) -> None:
    printed = "".join(airflow.log.read_text().split())
    assert f"Airflowstartsat{airflow.http.base_url}".rstrip("/") in printed
    assert "Loginasadmin" in printed
    assert "simple_auth_manager_passwords.json.generated" in printed
