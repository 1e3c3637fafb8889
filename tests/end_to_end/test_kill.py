"""kill -9 inside every stage: the old release stays whole, and a rerun gives what an undisturbed night gives."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jobs.contract.atomic_files import read_json
from jobs.contract.release import MANIFEST, ONLINE_DB, read_manifest, read_pointer, verify_files
from jobs.contract.run import Run, open_run
from jobs.contract.stages import STAGES
from jobs.spark_io import LATEST
from jobs.stage import execute
from tests.end_to_end.conftest import RUN_DATE
from tests.end_to_end.lists import announced_lists

_PATIENCE_SECONDS = 600
# publish is killed three times: with its first folder, with its online rows begun, with its manifest but not announced.
MARKS = {"publish": ("", ONLINE_DB, MANIFEST)}

pytestmark = [pytest.mark.process, pytest.mark.timeout(3_600)]  # every stage twice, beside another process of tests


def written(run: Run) -> set[Path]:
    """Return everything that the stages have begun to write."""
    return {*run.home.lake.glob("*/*/attempt=*"), *run.home.releases.glob("*"), *run.home.embedding_cache.glob("*/.*")}


def has_begun(run: Run, before: set[Path], mark: str) -> bool:
    """Return whether something new was begun to be written and, unless ``mark`` is empty, holds a file of that name."""
    return any(not mark or (begun / mark).exists() for begun in written(run) - before)


def kill_inside(stage: str, run: Run, log: Path, mark: str = "") -> None:
    """Start the stage as a program and kill it, with its JVM and workers, once it has begun to write ``mark``."""
    before = written(run)
    with log.open("wb") as output:
        program = subprocess.Popen(
            [sys.executable, f"jobs/{stage}.py", str(run.file)],
            cwd=Path(__file__).parents[2],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        started = b"stage started" in log.read_bytes()
        if started and (stage == "announce" or has_begun(run, before, mark)):
            break
        time.sleep(0.02)
    assert program.poll() in (None, 0), log.read_text()
    assert not mark or has_begun(run, before, mark), log.read_text()
    # It may have ended between two looks, which on a busy machine are long apart.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def assert_lake_is_whole(run: Run) -> None:
    """Every partition's pointer names an attempt that finished."""
    for pointer in run.home.lake.glob(f"*/*/{LATEST}"):
        assert (pointer.parent / read_json(pointer)["attempt"] / "_SUCCESS").exists(), pointer


def test_a_night_killed_inside_every_stage_serves_the_old_release_and_ends_as_an_undisturbed_one(
    spark, night, tmp_path
):
    served = read_pointer(night.home)
    undisturbed = announced_lists(night.home)
    run = open_run(night.settings, RUN_DATE)
    for stage in STAGES:
        for mark in MARKS.get(stage, ("",)):
            kill_inside(stage, run, tmp_path / f"{stage}-{mark}.log", mark)
            assert_lake_is_whole(run)
            if stage != "announce":
                assert read_pointer(night.home) == served
            folder = night.home.releases / served.release
            verify_files(folder, read_manifest(folder, served.manifest_sha256))
        execute(stage, run, spark)

    assert read_pointer(night.home).release != served.release
    again = announced_lists(night.home)
    assert again.keys() == undisturbed.keys()
    for user_id, (item_ids, scores) in undisturbed.items():
        assert again[user_id][0] == item_ids
        assert again[user_id][1] == pytest.approx(scores, abs=1e-5)
