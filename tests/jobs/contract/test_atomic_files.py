import hashlib
import subprocess
import sys
import threading

import pytest

from jobs.contract.atomic_files import lock, read_json, sha256_of, write_atomically, write_json
from jobs.contract.errors import ContractError, LockedError


def test_a_file_is_replaced_whole_and_nothing_else_is_left_beside_it(tmp_path):
    path = tmp_path / "deep" / "file.json"
    write_json(path, {"a": "é"})
    write_json(path, {"a": 2})
    assert read_json(path) == {"a": 2}
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]


def test_a_write_that_fails_leaves_the_old_bytes(tmp_path):
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("content", "message"), [(None, "does not exist"), (b"{", "is not valid JSON")])
def test_json_that_is_missing_or_cut_is_named(tmp_path, content, message):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ContractError, match=rf"x.json {message}"):
        read_json(path)


def test_a_hash_is_of_the_whole_file(tmp_path):
    data = bytes(range(256)) * 10_000
    (tmp_path / "big").write_bytes(data)
    assert sha256_of(tmp_path / "big") == hashlib.sha256(data).hexdigest()


def test_a_second_holder_is_refused_at_once_and_told_who_holds_it(tmp_path):
    second = lock(tmp_path / "stage", "run 8")
    with lock(tmp_path / "stage", "run 7"), pytest.raises(LockedError, match=r"stage is held by run 7 \(process \d+\)"):
        second.__enter__()
    with lock(tmp_path / "stage", "run 8"):
        pass


def test_a_patient_holder_waits_for_what_is_held_for_a_moment(tmp_path):
    first = lock(tmp_path / "fence", "first")
    first.__enter__()
    timer = threading.Timer(0.1, lambda: first.__exit__(None, None, None))
    timer.start()
    with lock(tmp_path / "fence", "second", wait_seconds=30):
        assert (tmp_path / "fence").read_text().startswith("second")
    timer.join()


@pytest.mark.process
def test_a_lock_dies_with_its_process_however_it_dies(tmp_path):
    program = (
        "import os, signal, pathlib, sys\n"
        "from jobs.contract.atomic_files import lock\n"
        "with lock(pathlib.Path(sys.argv[1]), 'doomed'):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "stage")], check=False)
    assert done.returncode == -9
    with lock(tmp_path / "stage", "next"):
        pass
