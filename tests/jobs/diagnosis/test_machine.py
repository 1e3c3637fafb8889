import socket
from pathlib import Path

import pytest

from jobs.diagnosis import machine
from jobs.diagnosis.finding import State


def _java(folder: Path, version: str, modules: str) -> None:
    """Write a program that answers as a Java of that version does."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -version ]; then echo \'openjdk version "{version}"\' >&2; else echo {modules}; fi\n'
    )
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "modules", "state", "found"),
    [
        ("17.0.15", "jdk.incubator.vector@17.0.15", State.OK, 'version "17.0.15"'),
        ("21", "jdk.incubator.vector@21", State.OK, 'version "21"'),
        ("17.0.15", "java.base@17.0.15", State.MISSING, "without the module jdk.incubator.vector"),
        ("1.8.0_402", "java.base@8", State.MISSING, 'version "1.8.0_402"'),
    ],
)
def test_java_must_be_17_and_have_the_vector_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, modules: str, state: State, found: str
) -> None:
    _java(tmp_path, version, modules)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    finding = machine.java()
    assert finding.state == state
    assert found in finding.found


def test_a_port_in_use_is_a_note_with_the_variable_to_set() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = machine.port("Server's port", "127.0.0.1", taken.getsockname()[1], "NIGHTSHELF_SERVING__PORT")
    assert finding.state == State.NOTE
    assert "NIGHTSHELF_SERVING__PORT" in finding.advice


def test_little_disk_and_little_memory_are_notes(tmp_path: Path) -> None:
    assert machine.disk(tmp_path / "home", least_bytes=2**60).state == State.NOTE
    assert machine.memory(least_bytes=2**60).state == State.NOTE


def test_the_disk_of_a_home_that_is_not_there_yet_is_its_nearest_folders(tmp_path: Path) -> None:
    finding = machine.disk(tmp_path / "a" / "b", least_bytes=0)
    assert finding.state == State.OK
    assert finding.found.endswith(str(tmp_path))
