import os
from pathlib import Path

import pytest

from infra.local_airflow import environment
from jobs.contract.settings import load


@pytest.fixture(autouse=True)
def _without_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("AIRFLOW"):
            monkeypatch.delenv(name)


def test_everything_of_airflow_lies_inside_the_home_and_listens_on_the_loopback_interface(tmp_path: Path) -> None:
    variables = environment(load(home=str(tmp_path)), port=1234)
    assert variables["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"sqlite:///{tmp_path}/airflow/airflow.db"
    assert variables["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:1234/execution/"
    assert variables["NIGHTSHELF_HOME"] == str(tmp_path)


def test_what_the_caller_has_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", '{"conn_type": "spark", "host": "spark://elsewhere:7077"}')
    assert "elsewhere" in environment(load(home=str(tmp_path)))["AIRFLOW_CONN_SPARK_DEFAULT"]
