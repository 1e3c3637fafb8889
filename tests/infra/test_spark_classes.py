import os
import subprocess
from pathlib import Path

import pytest

from infra.spark_classes import ARCHIVE, build, java_options

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of ``make setup``, or built here where the environment was made otherwise."""
    if ARCHIVE.exists():
        return ARCHIVE
    built = tmp_path_factory.mktemp("archive") / ARCHIVE.name
    build(built)
    return built


def _with(options: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "JDK_JAVA_OPTIONS": options}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True)


def test_spark_takes_its_classes_from_the_archive_wherever_that_lies(archive: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "a folder" / "classes.jsa"
    elsewhere.parent.mkdir()
    elsewhere.symlink_to(archive)
    loaded = tmp_path / "loaded.log"
    options = f"{java_options(elsewhere)} -Xlog:class+load:file={loaded}"
    _with(options, "spark-submit", "--version")
    lines = loaded.read_text().splitlines()
    assert any("org.apache.spark" in line and "shared objects file (top)" in line for line in lines)


def test_without_an_archive_nothing_is_asked_of_java(tmp_path: Path) -> None:
    assert not java_options(tmp_path / "none.jsa")


def test_a_jvm_of_other_jars_goes_without_the_archive_and_does_not_complain(archive: Path) -> None:
    done = _with(java_options(archive), "java", "-version")
    assert "warning" not in done.stdout + done.stderr
