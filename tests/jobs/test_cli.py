from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jobs.cli import app

RUNNER = CliRunner()


def _command_lines(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from _command_lines(inner, (*path, name))


COMMAND_LINES = sorted(_command_lines(typer.main.get_command(app)))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTSHELF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_commands_are_those_of_the_readme() -> None:
    assert {" ".join(line) for line in COMMAND_LINES} == {
        "",
        "data",
        "data fetch",
        "data check",
        "run",
        "serve",
        "releases",
        "releases list",
        "releases show",
        "releases compare",
        "releases pin",
        "releases unpin",
        "releases rollback",
        "releases resume",
        "releases materialise",
        "releases gc",
        "evaluate",
        "ctr",
        "doctor",
        "feast-config",
        "settings",
    }


@pytest.mark.parametrize("line", COMMAND_LINES, ids=lambda line: " ".join(line) or "nightshelf")
def test_help_shows_an_example_of_the_command_itself(line: tuple[str, ...]) -> None:
    result = RUNNER.invoke(app, [*line, "--help"])
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    example = " ".join(("Example: nightshelf", *line))
    assert example in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "validat"], "'validat' is no stage. Stages: validate, split_events,"),
        (["run"], "No dataset is set. Name one: --dataset ml-100k, --dataset DIR, or NIGHTSHELF_DATASET."),
        (["releases", "show", "20260131_000001_abcd"], "20260131_000001_abcd"),
        (["feast-config"], "Nothing was announced yet."),
    ],
)
def test_a_known_fault_is_one_sentence_and_exit_code_1(arguments: list[str], sentence: str) -> None:
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output


def test_a_setting_that_is_misspelt_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHELF_HOM", "elsewhere")
    result = RUNNER.invoke(app, ["releases", "list"])
    assert (result.exit_code, result.stderr.strip()) == (
        1,
        "Error: Unknown settings in the environment: NIGHTSHELF_HOM. Did you mean NIGHTSHELF_HOME?",
    )


def test_the_example_of_feast_config_leaves_the_tracked_configuration_alone() -> None:
    text = " ".join(RUNNER.invoke(app, ["feast-config", "--help"]).output.split())
    assert "nightshelf feast-config > feature_store.yaml" in text


def test_without_releases_the_list_says_how_to_get_one() -> None:
    assert RUNNER.invoke(app, ["releases", "list"]).output == "No releases yet. Run a night first: nightshelf run\n"
