import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.commands.settings import rows
from jobs.contract.settings import load, variables


def test_every_setting_is_shown_under_its_variable_with_its_meaning() -> None:
    shown = {variable: (value, meaning) for variable, value, meaning in rows(load(als={"iterations": 8}))}
    assert shown["NIGHTSHELF_ALS__ITERATIONS"] == (8, "Alternations.")
    assert set(shown) <= set(variables())
    assert all(meaning for _, meaning in shown.values())


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_ONLINE_STORE", "redis://ann:n0t-to-be-seen@store:6379/2")
    monkeypatch.setenv("NIGHTSHELF_SPARK__CONF", '{"my.secret": "n0t-to-be-seen"}')
    shown = CliRunner().invoke(app, ["settings"]).output
    assert "NIGHTSHELF_ONLINE_STORE = redis://store:6379/2" in shown
    assert "'my.secret': '***'" in shown
    assert "n0t-to-be-seen" not in shown
