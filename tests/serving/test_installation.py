"""The server installed alone: it serves a release, and nothing of the offline world is there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.contract.home import Home
from tests.serving.releases import LISTS, announce, write_release
from tests.serving.server import running_server

CHECKOUT = Path(__file__).parents[2]
FORBIDDEN = ["torch", "pyspark", "airflow", "sentence_transformers", "transformers", "sklearn", "duckdb"]
_ASK = "import importlib.util, json, sys; print(json.dumps([n for n in sys.argv[1:] if importlib.util.find_spec(n)]))"


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """The interpreter of an environment made as the serving image makes it."""
    root = tmp_path_factory.mktemp("alone")
    copy = root / "checkout"
    for name in ("jobs", "serving", "feature_repo", "dags", "infra"):
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in CHECKOUT.iterdir():
        if path.is_file():
            shutil.copy(path, copy)
    variables = os.environ | {"PYTHON": sys.executable}
    subprocess.run([copy / "infra/install/python.sh", "serving", root / "venv"], env=variables, check=True)
    return str(root / "venv" / "bin" / "python")


@pytest.mark.process
def test_the_serving_extra_alone_serves_a_release_without_anything_that_is_forbidden(python, tmp_path):
    asked = subprocess.run([python, "-c", _ASK, *FORBIDDEN, "feast"], capture_output=True, text=True, check=True)
    assert json.loads(asked.stdout) == ["feast"]
    home = Home(tmp_path)
    announce(home, write_release(home, "r1"))
    with running_server(home, tmp_path / "server.log", python=python) as server:
        answer = server.get("/v1/recommendations/u1")
        assert [item["item_id"] for item in answer["items"]] == LISTS["u1"]
        assert len(server.get("/v1/similar/i00", k=5)["items"]) == 5
        assert server.http.get("/docs/swagger-ui-bundle.js").status_code == 200
