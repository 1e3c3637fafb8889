import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis

from jobs.contract.errors import ReleaseError
from jobs.releases.collect import unlink_rows
from jobs.releases.online_store import check_room, finish_writing, start_writing


@pytest.fixture
def client(redis_url) -> Iterator[redis.Redis]:
    """The test's Redis, its limits put back afterwards."""
    with closing(redis.Redis.from_url(redis_url)) as client:
        yield client
        client.config_set("maxmemory", 0)
        client.config_set("maxmemory-policy", "noeviction")


def test_a_redis_without_a_limit_is_limited_by_its_machine(redis_url, client):
    check_room(redis_url, 1_000_000)
    with pytest.raises(
        ReleaseError, match=r"no maxmemory, and its machine has at most [\d,]+ bytes left .* about 1,000,"
    ):
        check_room(redis_url, 10**15)


def test_a_redis_that_evicts_is_refused(redis_url, client):
    client.config_set("maxmemory", "1gb")
    client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(ReleaseError, match="maxmemory-policy allkeys-lru and would drop rows .* expected noeviction"):
        check_room(redis_url, 1)


def test_a_redis_without_room_is_refused_with_both_numbers(redis_url, client):
    client.config_set("maxmemory", "1gb")
    check_room(redis_url, 1_000_000)
    with pytest.raises(ReleaseError, match=r"bytes left of 1,073,741,824, and this release needs about 2,000,000,000"):
        check_room(redis_url, 2_000_000_000)


def test_a_redis_that_does_not_answer_is_refused():
    with pytest.raises(ReleaseError, match=r"does not answer .* Start Redis, then rerun publish"):
        check_room("redis://127.0.0.1:1", 1)


def test_only_keys_of_the_named_projects_are_unlinked(redis_url, client):
    keys = [b"\x01\x00user%d%s" % (n, b"nightshelf_20260131_000001_aaaa") for n in range(2_500)]
    client.mset(dict.fromkeys([*keys, b"u nightshelf_20260131_000001_bbbb", b"somebody else's"], b"row"))
    assert unlink_rows(redis_url, ["nightshelf_20260131_000001_aaaa"]) == 2_500
    assert set(client.scan_iter()) >= {b"u nightshelf_20260131_000001_bbbb", b"somebody else's"}
    assert unlink_rows(redis_url, ["nightshelf_20260131_000001_aaaa"]) == 0
    client.delete(b"u nightshelf_20260131_000001_bbbb", b"somebody else's")


def test_sqlite_leaves_its_write_ahead_log_behind(tmp_path):
    path = tmp_path / "online.db"
    start_writing(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table t (x)")
        connection.execute("insert into t values (1)")
        connection.commit()
        assert (tmp_path / "online.db-wal").exists()
    finish_writing(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["online.db"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)
        assert connection.execute("select x from t").fetchall() == [(1,)]


def test_a_file_that_someone_still_writes_is_refused(tmp_path):
    path = tmp_path / "online.db"
    start_writing(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table t (x)")
        other.commit()
        with pytest.raises(ReleaseError, match=r"online\.db: .*another process has it open"):
            finish_writing(path)
