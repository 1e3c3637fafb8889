"""With spark-submit, jobs/ is first on sys.path: what lies in it must not hide a module of anybody else."""

import sys
from importlib import metadata

import pytest

from jobs.contract.stages import STAGES
from tests.architecture.code import CHECKOUT, constant, parse

JOBS = CHECKOUT / "jobs"
MOST_LINES = 120  # we aim at 80; past this a stage holds logic that belongs beside it
NAMES = sorted(
    path.stem if path.suffix == ".py" else path.name
    for path in JOBS.iterdir()
    if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
)


def test_nothing_in_jobs_is_named_like_a_standard_module() -> None:
    assert [name for name in NAMES if name in sys.stdlib_module_names] == []


def test_nothing_in_jobs_is_named_like_an_installed_module() -> None:
    installed = {
        name
        for name, distributions in metadata.packages_distributions().items()
        if set(distributions) != {"nightshelf"}
    }
    assert [name for name in NAMES if name in installed] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_a_short_program_with_its_reads_and_writes(stage: str) -> None:
    path = JOBS / f"{stage}.py"
    assert isinstance(constant(path, "READS"), tuple)
    assert isinstance(constant(path, "WRITES"), tuple)
    functions = [node.name for node in parse(path).body if hasattr(node, "args")]
    assert "run" in functions
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
