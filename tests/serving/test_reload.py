"""Following CURRENT and the overlay."""

import gc
import weakref
from pathlib import Path

import psutil
import pytest

from jobs.contract.atomic_files import write_atomically
from jobs.contract.home import Home
from jobs.contract.release import INDEX
from jobs.contract.settings import load
from serving.metrics import Metrics
from serving.reload import MAX_WAIT_SECONDS, Reloader
from tests.releases import flip_a_byte
from tests.serving.releases import announce, write_overlay, write_release


class _Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def _open_files(home: Home, release_id: str) -> list[str]:
    """Return the release's files that this process holds open or maps."""
    process, folder = psutil.Process(), str(home.releases / release_id)
    paths = [file.path for file in process.open_files()] + [mapped.path for mapped in process.memory_maps()]
    return sorted(path for path in paths if path.startswith(folder))


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def clock():
    return _Clock()


@pytest.fixture
def reloader(home, clock):
    return Reloader(load(home=str(home.root), serving={"poll_seconds": 1}), Metrics(), clock)


def test_nothing_is_served_and_nothing_is_wrong_before_the_first_announcement(reloader):
    reloader.poll()
    assert (reloader.served, reloader.fault) == (None, None)


def test_what_is_announced_is_served(home, reloader):
    first, second = write_release(home, "r1"), write_release(home, "r2")
    announce(home, first)
    reloader.poll()
    assert reloader.served.release.release_id == "r1"
    unchanged = reloader.served
    reloader.poll()
    assert reloader.served is unchanged
    announce(home, second)
    reloader.poll()
    assert reloader.served.release.release_id == "r2"
    announce(home, first)
    reloader.poll()
    assert reloader.served.release.release_id == "r1"


def test_a_damaged_release_leaves_the_old_one_and_names_the_file_until_another_is_announced(home, reloader):
    first, second = write_release(home, "r1"), write_release(home, "r2")
    announce(home, first)
    reloader.poll()
    flip_a_byte(home.releases / "r2" / INDEX)
    announce(home, second)
    reloader.poll()
    assert reloader.served.release.release_id == "r1"
    assert "r2/items.ann has another sha256" in reloader.fault
    announce(home, first)
    reloader.poll()
    assert reloader.fault is None


def test_a_damaged_pointer_leaves_the_old_release(home, reloader):
    announce(home, write_release(home, "r1"))
    reloader.poll()
    write_atomically(home.current, b'{"release": "r1"')
    reloader.poll()
    assert reloader.served.release.release_id == "r1"
    assert reloader.fault.startswith("CURRENT is damaged")
    home.current.unlink()
    reloader.poll()
    assert reloader.served.release.release_id == "r1"
    assert reloader.fault == f"{home.current} is gone."


def test_a_refused_release_is_tried_again_at_growing_intervals_and_served_once_mended(home, clock, reloader):
    pointer = write_release(home, "r1")
    index = home.releases / "r1" / INDEX
    whole = index.read_bytes()
    flip_a_byte(index)
    announce(home, pointer)
    reloader.poll()
    write_atomically(index, whole)
    clock.now = 0.9
    reloader.poll()
    assert (reloader.served, "items.ann" in reloader.fault) == (None, True)
    clock.now = 1.0
    reloader.poll()
    assert (reloader.served.release.release_id, reloader.fault) == ("r1", None)


def test_the_wait_doubles_up_to_a_minute(home, clock, reloader):
    pointer = write_release(home, "r1")
    (home.releases / "r1" / INDEX).unlink()
    announce(home, pointer)
    waits = []
    for _ in range(9):
        reloader.poll()
        waits.append(reloader._refusal.wait_seconds)
        clock.now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, MAX_WAIT_SECONDS]


def test_an_overlay_takes_effect_without_a_release_and_never_goes_back(home, reloader):
    announce(home, write_release(home, "r1"))
    reloader.poll()
    release = reloader.served.release
    write_overlay(home, 2, withdrawn=("i00",))
    reloader.poll()
    assert reloader.served.release is release
    assert reloader.served.overlay.withdrawn_items == {"i00"}
    write_overlay(home, 1)
    for _ in range(2):
        reloader.poll()
        assert reloader.served.overlay.version == 2
        assert reloader.fault == "The overlay went back from version 2 to 1."
    write_overlay(home, 3)
    reloader.poll()
    assert (reloader.served.overlay.version, reloader.fault) == (3, None)


def test_nothing_is_served_under_an_overlay_that_cannot_be_read(home, reloader):
    announce(home, write_release(home, "r1"))
    home.overlay.mkdir()
    (home.overlay / "OVERLAY.json").write_bytes(b"{")
    reloader.poll()
    assert reloader.served is None
    assert "OVERLAY.json is damaged" in reloader.fault


def test_a_release_that_was_replaced_is_closed_once_no_request_holds_it(home, reloader):
    first, second = write_release(home, "r1"), write_release(home, "r2")
    announce(home, first)
    reloader.poll()
    assert {Path(path).name for path in _open_files(home, "r1")} == {"items.ann", "online.db"}
    gc.disable()  # reference counting alone must do
    try:
        held, gone = reloader.served, weakref.ref(reloader.served.release)
        announce(home, second)
        reloader.poll()
        assert held.release.rows.read(["u1"])[0].item_ids[0] == "i00"
        del held
        assert gone() is None
    finally:
        gc.enable()
    gc.collect()  # what wrote the releases above
    assert _open_files(home, "r1") == []
