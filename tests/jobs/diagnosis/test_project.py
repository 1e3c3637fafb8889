from pathlib import Path

import pytest

from jobs.contract.settings import Settings, load
from jobs.diagnosis import project
from jobs.diagnosis.finding import State


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(home=str(tmp_path / "home"))


def test_a_dataset_folder_that_is_not_there_is_missing(settings: Settings, tmp_path: Path) -> None:
    assert project.dataset(settings).state == State.NOTE
    assert project.dataset(settings.replace(dataset="ml-100k")).state == State.OK
    assert project.dataset(settings.replace(dataset=str(tmp_path))).state == State.OK
    assert project.dataset(settings.replace(dataset=str(tmp_path / "no"))).state == State.MISSING


def test_the_default_model_is_installed_and_a_hub_name_is_a_note(settings: Settings, tmp_path: Path) -> None:
    assert project.model(settings).state == State.OK
    assert project.model(settings.replace(embedding={"model": str(tmp_path)})).state == State.OK
    assert project.model(settings.replace(embedding={"model": "some/model"})).state == State.NOTE


def test_a_redis_that_does_not_answer_is_missing(settings: Settings) -> None:
    assert project.online_store(settings).state == State.OK
    finding = project.online_store(settings.replace(online_store="redis://127.0.0.1:1"))
    assert finding.state == State.MISSING
    assert finding.found.startswith("redis://127.0.0.1:1: ")


def test_the_online_stores_password_is_not_shown(settings: Settings) -> None:
    finding = project.online_store(settings.replace(online_store="redis://ann:hidden@127.0.0.1:1"))
    assert finding.found.startswith("redis://127.0.0.1:1: ")
    assert "hidden" not in finding.found


def test_a_damaged_pointer_is_found(settings: Settings) -> None:
    assert project.release(settings).state == State.NOTE
    settings.home.mkdir()
    (settings.home / "CURRENT").write_text("{")
    finding = project.release(settings)
    assert finding.state == State.MISSING
    assert "CURRENT is damaged" in finding.found
