import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.code import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_LINE = re.compile(r"^[A-Za-z0-9._-]+==[A-Za-z0-9.!]+$")


def _locked(name: str) -> dict[str, str]:
    lines = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in lines}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-serving.lock"])
def test_a_lock_holds_names_and_exact_versions_only(name: str) -> None:
    lines = (CHECKOUT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not _LINE.match(line)] == []


def test_the_lock_meets_every_requirement_of_every_extra() -> None:
    locked = _locked("requirements.lock")
    wanted = [
        *PROJECT["dependencies"],
        *(text for extra in PROJECT["optional-dependencies"].values() for text in extra),
    ]
    requirements = [Requirement(text) for text in wanted]
    unmet = [str(r) for r in requirements if locked.get(canonicalize_name(r.name), "none") not in r.specifier]
    assert unmet == []


def test_the_servers_lock_meets_its_extra_in_the_versions_that_are_tested() -> None:
    serving, everything = _locked("requirements-serving.lock"), _locked("requirements.lock")
    assert serving.items() <= everything.items()
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["serving"]]
    assert [text for text in wanted if canonicalize_name(Requirement(text).name) not in serving] == []


def test_the_servers_lock_brings_none_of_the_heavy_packages() -> None:
    assert {"torch", "pyspark", "apache-airflow", "sentence-transformers", "transformers"} & set(
        _locked("requirements-serving.lock")
    ) == set()
