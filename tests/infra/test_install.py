import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.architecture.code import CHECKOUT

INSTALL = CHECKOUT / "infra" / "install"
DOCKERFILES = sorted((CHECKOUT / "infra" / "images").glob("*.Dockerfile"))
EXTRAS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_an_image_is_installed_by_the_scripts_of_the_checkout(dockerfile: Path) -> None:
    steps = re.findall(r"infra/install/(\S+\.sh) (\S+)", dockerfile.read_text(encoding="utf-8"))
    called = [(script, argument) for script, argument in steps if not argument.startswith("infra/")]
    assert called
    for script, argument in called:
        assert (INSTALL / script).is_file()
        if script == "python.sh":
            assert set(argument.split(",")) <= set(EXTRAS)


def test_the_servers_image_holds_neither_java_nor_the_jobs_packages() -> None:
    text = (CHECKOUT / "infra" / "images" / "serving.Dockerfile").read_text(encoding="utf-8")
    assert "java.sh" not in text
    assert "python.sh serving /opt/venv" in text


def _run(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "bash", str(INSTALL / script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )


@pytest.mark.process
def test_without_java_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    result = _run("java.sh", "check", JAVA_HOME=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr == (
        "Spark needs Java 17 or newer with the incubator vector module, and there is none (JAVA_HOME, then PATH): "
        "install it, on Debian and Ubuntu with 'apt-get install openjdk-17-jre-headless'.\n"
    )


@pytest.mark.process
def test_java_is_found_where_it_is() -> None:
    assert _run("java.sh", "check").returncode == 0


@pytest.mark.process
def test_without_python_3_11_one_sentence_says_what_to_do(tmp_path: Path) -> None:
    result = _run("python.sh", "all", str(tmp_path / "venv"), PYTHON="python-that-is-not-there")
    assert result.returncode == 1
    assert "Nightshelf needs Python 3.11, and there is no python-that-is-not-there" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_annoy_is_compiled_for_any_processor_and_never_taken_from_a_cache() -> None:
    text = (INSTALL / "python.sh").read_text(encoding="utf-8")
    flags = re.search(r'ANNOY_COMPILER_ARGS="(.*)"', text)
    assert flags is not None
    assert not {"-march=native", "-mcpu=native", "-ffast-math"} & set(flags[1].split(","))
    assert "--no-cache-dir" in text
