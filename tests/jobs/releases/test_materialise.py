"""Three nights on a real Redis: rows of current and previous only, and a way back."""

import contextlib
from datetime import date

import pytest
import redis
from feast import FeatureStore, RepoConfig

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config
from jobs.contract.release import ROWS, feast_project, read_pointer
from jobs.releases.announcing import announce
from jobs.releases.collect import collect
from jobs.releases.collected_rows import row_state
from jobs.releases.materialise import materialise
from jobs.releases.rollback import resume, rollback
from tests.releases import LISTS, flip_a_byte, open_night, publish_night


@pytest.fixture(scope="module")
def announced(spark, tmp_path_factory, redis_url):
    """Three nights published and announced on Redis, oldest first, and an attempt that was killed after its rows."""
    root = tmp_path_factory.mktemp("redis") / "home"
    runs = []
    for day in (29, 30, 31):
        run = open_night(root, date(2026, 1, day), online_store=redis_url)
        runs.append(publish_night(spark, run))
        run.write_report("announce", announce(run))
    return runs


def _release(run):
    return run.report("publish")["release"]


def _n_keys(redis_url, run):
    suffix = feast_project(_release(run)).encode()
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        return sum(key.endswith(suffix) for key in client.scan_iter())


def _lists(run):
    folder = run.home.releases / _release(run)
    store = FeatureStore(config=RepoConfig(**feast_config(folder, run.settings.online_store)))
    users = [{"user_id": user} for user in LISTS]
    found = store.get_online_features(features=["user_recommendations:item_ids"], entity_rows=users).to_dict()
    return dict(zip(LISTS, found["item_ids"], strict=True))


def test_rows_are_kept_of_current_and_previous_only_and_come_back(announced, redis_url):
    oldest, previous, current = announced
    # Five users and seven items: twelve keys a release.
    assert [_n_keys(redis_url, run) for run in announced] == [0, 12, 12]
    assert (oldest.home.releases / _release(oldest)).exists()

    seconds = r"about \d+ s, as last time: nightshelf releases materialise"
    with pytest.raises(ReleaseError, match=f"online rows of release {_release(oldest)} were collected.*{seconds}"):
        rollback(oldest.settings, _release(oldest))
    assert read_pointer(oldest.home).release == _release(current)

    assert materialise(oldest.settings, _release(oldest)) > 0
    assert _n_keys(redis_url, oldest) == 12
    assert _lists(oldest) == LISTS

    rollback(oldest.settings, _release(oldest))
    assert read_pointer(oldest.home).previous == _release(current)
    # The night between is now neither current nor previous.
    assert collect(oldest.settings).rows == (_release(previous),)
    assert [_n_keys(redis_url, run) for run in announced] == [12, 0, 12]
    assert collect(oldest.settings).rows == ()

    resume(oldest.home)
    with pytest.raises(ReleaseError, match=f"online rows of release {_release(previous)} were collected"):
        announce(previous)
    assert read_pointer(oldest.home).release == _release(oldest)


def test_rows_that_a_materialisation_left_half_written_are_collected(announced, redis_url):
    home = announced[0].home
    run = next(run for run in announced if _release(run) in row_state(home).collected)
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(ReleaseError, match="this release needs about"):
            materialise(run.settings, _release(run))
        client.config_set("maxmemory", 0)
        client.set(b"half written " + feast_project(_release(run)).encode(), b"")
    assert row_state(home).going == {_release(run)}
    with pytest.raises(ReleaseError, match="were collected. Put them back first"):
        rollback(run.settings, _release(run))
    assert collect(run.settings).rows == (_release(run),)
    assert _n_keys(redis_url, run) == 0
    assert (row_state(home).going, _release(run) in row_state(home).collected) == (frozenset(), True)


def test_a_damaged_copy_of_the_rows_is_not_materialised(announced):
    run = announced[1]
    folder = run.home.releases / _release(run)
    flip_a_byte(next((folder / ROWS / "user_profile").glob("*.parquet")))
    with pytest.raises(ReleaseError, match=r"user_profile/.*\.parquet has another sha256"):
        materialise(run.settings, _release(run))


def test_a_release_on_sqlite_needs_no_materialising(nights):
    with pytest.raises(ReleaseError, match="keeps its online rows in its own folder: there is nothing to do"):
        materialise(nights[0].settings, _release(nights[0]))
