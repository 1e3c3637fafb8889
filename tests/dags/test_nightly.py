import sys
from pathlib import Path
from typing import Any

import pytest

from jobs.contract.stages import STAGES
from tests.architecture.code import CHECKOUT
from tests.dags.parse import parse_dag

pytestmark = pytest.mark.process

EVENING = "2026-01-31T20:00:00+00:00"  # already the first of February in Tokyo
CASES = {
    "manual, no logical date": {"dag_run": {"run_after": EVENING, "run_type": "manual"}},
    "scheduled": {
        "dag_run": {"logical_date": "2026-01-30T17:00:00+00:00", "run_after": EVENING, "run_type": "scheduled"}
    },
    "asset": {"dag_run": {"run_after": "2026-01-31T10:00:00+00:00", "run_type": "asset_triggered"}},
    "backfill": {
        "dag_run": {"logical_date": "2025-12-31T17:00:00+00:00", "run_after": EVENING, "run_type": "backfill"}
    },
    "backfill told to announce": {
        "dag_run": {"logical_date": "2025-12-31T17:00:00+00:00", "run_after": EVENING, "run_type": "backfill"},
        "params": {"announce": True, "force": "the old model is broken"},
    },
    "manual told not to announce": {
        "dag_run": {"run_after": EVENING, "run_type": "manual"},
        "params": {"announce": False, "dataset": "ml-100k"},
    },
}


@pytest.fixture(scope="module")
def dag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    answer = parse_dag(
        tmp_path_factory.mktemp("home"),
        list(CASES.values()),
        NIGHTSHELF_DATASET="ml-100k",
        NIGHTSHELF_SCHEDULE__TIMEZONE="Asia/Tokyo",
        NIGHTSHELF_SCHEDULE__CRON="30 3 * * *",
        NIGHTSHELF_SPARK__DRIVER_MEMORY="1234m",
        NIGHTSHELF_SPARK__CONF='{"spark.executor.memory": "2g"}',
    )
    return {**answer, "opened": dict(zip(CASES, answer["opened"], strict=True))}


def test_the_dag_parses_without_errors_and_without_heavy_imports(dag: dict[str, Any]) -> None:
    assert dag["import_errors"] == {}
    assert dag["heavy"] == []


def test_it_runs_by_the_settings_cron_in_their_timezone_and_on_new_data(dag: dict[str, Any]) -> None:
    assert (dag["cron"], dag["timezone"], dag["assets"]) == ("30 3 * * *", "Asia/Tokyo", ["nightshelf_new_data"])


def test_it_neither_catches_up_nor_runs_twice_at_once(dag: dict[str, Any]) -> None:
    assert (dag["catchup"], dag["max_active_runs"]) == (False, 1)


def test_each_stage_submits_its_own_program_with_the_run_file(dag: dict[str, Any]) -> None:
    assert set(dag["programs"]) == set(STAGES)
    for stage, task in dag["programs"].items():
        assert task["application"] == str(CHECKOUT / "jobs" / f"{stage}.py")
        assert task["arguments"] == ["{{ ti.xcom_pull(task_ids='open_run') }}"]
        assert task["retries"] == 1
        assert task["driver_memory"] == "1234m"
        assert task["conf"]["spark.pyspark.python"] == sys.executable
        assert task["conf"]["spark.executor.memory"] == "2g"


@pytest.mark.parametrize(
    ("case", "run_date", "announce", "force"),
    [
        ("manual, no logical date", "2026-02-01", True, None),
        ("scheduled", "2026-01-31", True, None),
        ("asset", "2026-01-31", True, None),
        ("backfill", "2026-01-01", False, None),
        ("backfill told to announce", "2026-01-01", True, "the old model is broken"),
        ("manual told not to announce", "2026-02-01", False, None),
    ],
)
def test_a_run_is_opened_for_its_date_in_the_schedules_timezone(
    dag: dict[str, Any], case: str, run_date: str, announce: bool, force: str | None
) -> None:
    opened = dag["opened"][case]
    assert (opened["run_date"], opened["announce"], opened["force"]) == (run_date, announce, force)


def test_every_run_of_a_home_gets_a_higher_token(dag: dict[str, Any]) -> None:
    assert [run["token"] for run in dag["opened"].values()] == [1, 2, 3, 4, 5, 6]


def test_a_misspelt_setting_is_an_import_error_that_names_it(tmp_path: Path) -> None:
    (message,) = parse_dag(tmp_path, [], NIGHTSHELF_SCHEDULE__CORN="0 3 * * *")["import_errors"].values()
    assert "NIGHTSHELF_SCHEDULE__CORN. Did you mean NIGHTSHELF_SCHEDULE__CRON?" in message
