"""Starting the server."""

import os
import socket
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process
_LOADED = """
import sys, time, serving.__main__
serving.__main__.prepare_process()
import serving.metrics, serving.app
heavy = ("torch", "pyspark", "airflow", "sentence_transformers", "transformers", "feature_repo")
print([name for name in heavy if sys.modules.get(name)])
print([name for name in sys.modules if name.startswith("jobs.") and not name.startswith("jobs.contract")])
print(time.tzname[0])
"""


def _run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], env=os.environ | environment, capture_output=True, text=True, timeout=300
    )


def test_the_server_loads_no_model_no_spark_nothing_of_jobs_but_the_contract_and_lives_in_utc():
    loaded = _run(["-c", _LOADED], TZ="Asia/Tokyo")
    assert loaded.stdout.splitlines() == ["[]", "[]", "UTC"], loaded.stderr


def test_a_misspelt_setting_is_refused_in_one_sentence():
    ended = _run(["-m", "serving"], NIGHTSHELF_SERVING__PROT="1")
    assert ended.returncode == 1
    assert "serve: Unknown settings in the environment: NIGHTSHELF_SERVING__PROT" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_is_told_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = _run(["-m", "serving"], NIGHTSHELF_SERVING__PORT=port, NIGHTSHELF_HOME=str(tmp_path))
    assert ended.returncode == 1
    assert f"serve: 127.0.0.1:{port} cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr
