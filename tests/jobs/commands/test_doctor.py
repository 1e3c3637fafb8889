from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.cli import app


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIGHTSHELF_SERVING__PORT", "0")


def test_a_whole_installation_is_healthy() -> None:
    result = CliRunner().invoke(app, ["doctor"])
    assert "Everything that is needed is there." in result.output
    assert result.exit_code == 0


def test_a_missing_java_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no-java"))
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "openjdk-17-jre-headless" in result.output
    assert "Missing: Java." in result.output


def test_faulty_settings_are_a_finding_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_ALS__RANK", "many")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "als.rank" in result.output
    assert "Missing: Settings." in result.output
