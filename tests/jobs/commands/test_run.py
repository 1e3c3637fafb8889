from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.commands.run import in_order, reusable_run
from jobs.contract.errors import ContractError
from jobs.contract.run import open_run
from jobs.contract.settings import Settings, load

DAY = date(2026, 1, 31)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(home=str(tmp_path / "home"), dataset="ml-100k")


def test_stages_run_in_their_own_order_and_once() -> None:
    assert in_order(["announce", "validate", "announce"]) == ["validate", "announce"]


def test_a_misspelt_stage_is_answered_with_the_nearest() -> None:
    with pytest.raises(ContractError, match=r"'publsh' is no stage\. .* Did you mean publish\?"):
        in_order(["publsh"])


def test_single_stages_continue_the_dates_newest_run(settings: Settings) -> None:
    open_run(settings, DAY)
    newest = open_run(settings, DAY)
    open_run(settings, date(2026, 2, 1))
    continued = reusable_run(settings, DAY, ["publish", "announce"])
    assert continued is not None
    assert continued.run_id == newest.run_id


def test_without_a_run_of_the_date_there_is_none_to_continue(settings: Settings) -> None:
    assert reusable_run(settings, DAY, ["publish"]) is None


def test_a_run_that_validates_is_a_new_one(settings: Settings) -> None:
    open_run(settings, DAY)
    assert reusable_run(settings, DAY, ["validate"]) is None


def test_the_dataset_need_not_be_named_again(settings: Settings) -> None:
    open_run(settings, DAY)
    assert reusable_run(settings.replace(dataset=""), DAY, ["publish"]) is not None


def test_other_settings_than_the_runs_are_refused_by_name(settings: Settings) -> None:
    opened = open_run(settings, DAY)
    with pytest.raises(ContractError, match=rf"Run {opened.run_id} .* \(als.rank: then \[64, 32, 16\], now \[32\]\)"):
        reusable_run(settings.replace(als={"rank": 32}), DAY, ["train_als"])


def test_secrets_that_differ_are_named_but_not_shown(settings: Settings) -> None:
    before = settings.replace(online_store="redis://:hidden1@store", spark={"conf": {"my.token": "hidden2"}})
    open_run(before, DAY)
    after = settings.replace(online_store="redis://:hidden3@store", spark={"conf": {"my.token": "hidden4", "x": "1"}})
    with pytest.raises(ContractError) as refused:
        reusable_run(after, DAY, ["train_als"])
    assert (
        "(online_store: another secret; spark.conf.my.token: another secret; spark.conf.x: then None, now '1')"
        in str(refused.value)
    )
    assert "hidden" not in str(refused.value)


def test_a_plan_shows_the_flow_and_opens_no_run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_HOME", str(settings.home))
    result = CliRunner().invoke(app, ["run", "train_als", "--run-date", "2026-01-31", "--plan"])
    assert result.exit_code == 0
    assert "interactions" in result.output
    assert "opens a new run" in result.output
    assert not settings.home.exists()
