import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from jobs.contract.atomic_files import lock
from jobs.contract.errors import LockedError, ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import MANIFEST, Pointer, feast_project, write_pointer
from jobs.contract.settings import load
from jobs.releases.collect import collect
from jobs.releases.collected_rows import ROWS_LOCK, mark_going, row_state
from jobs.releases.pins import pin
from jobs.releases.pointer_lock import changing_releases

IDS = [f"202601{day}_0000{day}_aaaa" for day in range(10, 16)]


@pytest.fixture
def home(tmp_path):
    """Six finished releases; the second is current, the first previous."""
    home = Home(tmp_path / "home")
    for release_id in IDS:
        (home.releases / release_id).mkdir(parents=True)
        (home.releases / release_id / MANIFEST).write_text("{}")
    write_pointer(home, Pointer(release=IDS[1], manifest_sha256="0" * 64, previous=IDS[0], held=True))
    return home


@pytest.fixture
def settings(home):
    return load(home=str(home.root), publish={"keep_releases": 2})


def _left(home):
    return sorted(path.name for path in home.releases.iterdir() if path.is_dir())


def test_current_previous_and_the_newest_are_kept(home, settings):
    assert collect(settings).releases == (IDS[2], IDS[3])
    assert _left(home) == [IDS[0], IDS[1], IDS[4], IDS[5]]


def test_a_dry_run_lists_the_same_and_removes_nothing(home, settings):
    would_go = collect(settings, dry_run=True)
    assert _left(home) == IDS
    assert collect(settings) == would_go


def test_a_pinned_release_is_kept(home, settings):
    pin(home, IDS[2])
    assert collect(settings).releases == (IDS[3],)
    assert IDS[2] in _left(home)


def test_an_attempt_without_a_manifest_goes_once_its_publish_is_dead(home, settings):
    attempt = home.releases / "20260120_000020_bbbb"
    (attempt / "rows").mkdir(parents=True)
    with lock(home.locks / "publish-2026-01-20", "run 20260120_000020"):
        assert attempt.name not in collect(settings).releases
    assert attempt.exists()
    assert collect(settings).releases == (attempt.name,)
    assert not attempt.exists()


def test_what_a_killed_collection_left_is_removed(home, settings):
    (home.releases / ".removing-20260101_000001_cccc" / "rows").mkdir(parents=True)
    collect(settings)
    assert _left(home) == [IDS[0], IDS[1], IDS[4], IDS[5]]


def test_nothing_goes_while_the_pointer_is_damaged(home, settings):
    home.current.write_text("{")
    with pytest.raises(ReleaseError, match="CURRENT is damaged"):
        collect(settings)
    assert _left(home) == IDS


def test_other_folders_are_not_touched(home, settings):
    (home.releases / "notes").mkdir()
    collect(settings)
    assert "notes" in _left(home)


def test_an_unreachable_redis_stops_before_any_folder_goes(home, settings):
    with pytest.raises(ReleaseError, match="Online rows were not collected: Redis does not answer"):
        collect(settings.replace(online_store="redis://127.0.0.1:1"))
    assert _left(home) == IDS


def test_a_collection_cut_short_is_finished_by_the_next(home, settings, redis_url):
    project = feast_project(IDS[2]).encode()
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.mset({b"u1" + project: b"row", b"u2" + project: b"row"})
        with pytest.raises(ReleaseError, match="Redis does not answer"):
            collect(settings.replace(online_store="redis://127.0.0.1:1"))
        assert row_state(home).going == {IDS[2], IDS[3]}
        garbage = collect(settings.replace(online_store=redis_url))
        assert (garbage.rows, garbage.releases) == ((IDS[2], IDS[3]), (IDS[2], IDS[3]))
        assert not list(client.scan_iter(match=b"*" + project))
    assert row_state(home).offline == frozenset()
    assert _left(home) == [IDS[0], IDS[1], IDS[4], IDS[5]]


def test_rows_still_going_are_taken_even_when_their_folder_has_gone(home, settings, redis_url):
    mark_going(home, {"20260101_000001_cccc"})
    key = b"u1" + feast_project("20260101_000001_cccc").encode()
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.set(key, b"row")
        assert "20260101_000001_cccc" in collect(settings.replace(online_store=redis_url)).rows
        assert not client.exists(key)
    assert row_state(home).offline == frozenset()


def test_nobody_waits_for_the_pointer_while_redis_is_searched(home, settings):
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as silent:
        collecting = pool.submit(collect, settings.replace(online_store=f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        connection, _ = silent.accept()
        with changing_releases(home, "rollback", wait_seconds=0):
            assert row_state(home).going == {IDS[2], IDS[3]}
        with pytest.raises(LockedError, match="online_rows is held by releases gc"):
            collect(settings)
        silent.close()
        connection.close()
        with pytest.raises(ReleaseError, match="Redis does not answer"):
            collecting.result(timeout=30)
    assert _left(home) == IDS


def test_nothing_is_collected_while_rows_are_put_back(home, settings):
    with (
        lock(home.locks / ROWS_LOCK, f"materialise {IDS[2]}"),
        pytest.raises(LockedError, match=f"online_rows is held by materialise {IDS[2]}"),
    ):
        collect(settings)
    assert _left(home) == IDS
