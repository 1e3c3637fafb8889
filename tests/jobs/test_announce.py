"""Publish and announce as programs that are killed: the old release stays, and a rerun finishes."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from jobs import stage
from jobs.contract.atomic_files import lock
from jobs.contract.release import MANIFEST, read_pointer
from jobs.contract.run import Run
from jobs.releases.collect import collect
from jobs.releases.pointer_lock import POINTER_LOCK
from jobs.releases.release_ids import is_finished, release_ids
from jobs.releases.verify import verify
from tests.releases import announce_night, open_night, write_night

pytestmark = pytest.mark.process
JOBS = Path(__file__).parents[2] / "jobs"


def _start(stage: str, run: Run) -> subprocess.Popen:
    # A group of its own, so that Spark's Java process dies with it.
    return subprocess.Popen([sys.executable, JOBS / f"{stage}.py", run.file], start_new_session=True)


def _kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_until(condition, process: subprocess.Popen, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"the program ended by itself with {process.returncode}"
        assert time.monotonic() < deadline, f"not seen within {seconds} s"
        time.sleep(0.05)


def test_killed_between_manifest_and_pointer_the_old_release_stays_current(spark, nights):
    old, _, new = nights
    announce_night(spark, old)
    before = old.home.current.read_bytes()
    release = new.report("publish")["release"]
    stage_lock = new.home.locks / f"announce-{new.run_date}"
    with lock(new.home.locks / POINTER_LOCK, "this test"):
        process = _start("announce", new)
        try:
            _wait_until(lambda: stage_lock.exists() and new.run_id in stage_lock.read_text(), process)
        finally:
            _kill(process)
    assert (new.home.releases / release / MANIFEST).exists()
    assert old.home.current.read_bytes() == before
    verify(old.home.releases / old.report("publish")["release"], "sqlite")

    announce_night(spark, new)
    assert read_pointer(new.home).release == release


def test_killed_while_publishing_leaves_an_attempt_that_is_collected_and_a_rerun_finishes(spark, nights):
    old = nights[0]
    announce_night(spark, old)
    run = open_night(old.home.root, date(2026, 2, 1))
    write_night(spark, run)
    before, known = old.home.current.read_bytes(), set(release_ids(run.home))
    process = _start("publish", run)
    try:
        _wait_until(lambda: set(release_ids(run.home)) - known, process)
    finally:
        _kill(process)
    (attempt,) = set(release_ids(run.home)) - known
    assert not is_finished(run.home.releases / attempt)
    assert old.home.current.read_bytes() == before
    assert attempt in collect(run.settings).releases

    stage.execute("publish", run, spark)
    verify(run.home.releases / run.report("publish")["release"], "sqlite", run.report("publish")["manifest_sha256"])
