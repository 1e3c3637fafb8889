"""The import table: who may import what, held against the code."""

import subprocess
import sys

import pytest

from tests.architecture.code import CHECKOUT, imported_modules, parse, python_files

OUR_FOLDERS = {"dags", "jobs", "feature_repo", "serving", "infra", "tests"}
# Folder -> what it must never import, and of our own folders what it may.
NEVER = {
    "dags": {
        "pyspark",
        "torch",
        "feast",
        "pandas",
        "sentence_transformers",
        "transformers",
        "annoy",
        "duckdb",
        "numpy",
    },
    "jobs": {"airflow"},
    "feature_repo": {"pyspark", "torch", "airflow", "pandas", "annoy", "duckdb", "numpy"},
    "serving": {"torch", "pyspark", "airflow", "sentence_transformers", "transformers", "pandas", "duckdb"},
}
OURS = {
    "dags": {"dags", "jobs.contract"},
    "jobs": {"jobs", "feature_repo"},
    "feature_repo": {"jobs.contract"},
    "serving": {"serving", "jobs.contract"},
}


def _is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _breaches(folder: str, modules: list[str]) -> list[str]:
    ours_elsewhere = OUR_FOLDERS - {folder}
    # ``from jobs.contract import run`` also reads as jobs.contract; ``from jobs import contract`` as plain jobs.
    return [
        module
        for module in modules
        if _is_within(module, NEVER[folder])
        or (_is_within(module, ours_elsewhere | {folder}) and not _is_within(module, OURS[folder]))
    ]


@pytest.mark.parametrize("folder", NEVER)
def test_a_folder_imports_only_what_the_table_allows(folder: str) -> None:
    found = {
        str(path.relative_to(CHECKOUT)): breaches
        for path in python_files(folder)
        if (breaches := _breaches(folder, list(imported_modules(parse(path)))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("folder", "module"),
    [
        ("dags", "pandas"),
        ("dags", "jobs.stage"),
        ("jobs", "airflow.sdk"),
        ("jobs", "serving.lookup"),
        ("serving", "jobs.spark_io"),
        ("serving", "torch.nn"),
        ("feature_repo", "jobs.releases.index"),
    ],
)
def test_the_table_refuses_what_it_must(folder: str, module: str) -> None:
    assert _breaches(folder, [module]) == [module]


def test_the_contract_imports_only_itself() -> None:
    for path in python_files("jobs/contract"):
        ours = [module for module in imported_modules(parse(path)) if _is_within(module, OUR_FOLDERS)]
        assert [module for module in ours if not _is_within(module, {"jobs.contract"})] == [], path


HEAVY = ("pyspark", "torch", "feast", "pandas", "numpy", "airflow", "transformers", "sentence_transformers", "annoy")


@pytest.mark.process
@pytest.mark.parametrize(
    "modules",
    [
        # What a DAG file may need; release_files is msgspec's, for jobs and serving alone.
        sorted(
            f"jobs.contract.{path.stem}"
            for path in python_files("jobs/contract")
            if path.stem not in {"__init__", "release_files"}
        ),
        ["jobs.cli"],
    ],
    ids=["contract", "cli"],
)
def test_light_modules_load_nothing_heavy(modules: list[str]) -> None:
    program = f"import sys, {', '.join(modules)}; print([name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    assert loaded.stdout.strip() == "[]"
