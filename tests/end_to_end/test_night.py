"""A whole night on files: what is announced, and what blocks it."""

import shutil

import pytest

from jobs.contract.atomic_files import read_json
from jobs.contract.errors import LockedError
from jobs.contract.release import read_manifest, read_pointer
from jobs.contract.run import open_run
from jobs.stage import execute
from tests.end_to_end.conftest import RUN_DATE, run_night
from tests.end_to_end.lists import announced_lists
from tests.tiny_dataset import write_tiny_dataset


def test_a_night_announces_a_release_that_knows_everybodys_taste(night):
    lists = announced_lists(night.home)
    assert len(lists) == 40
    space_fan, romance_fan = lists["user/1🎬"][0], lists["user/2🎬"][0]
    assert {item.split("/")[0] for item in space_fan[:2]} == {"space"}
    assert {item.split("/")[0] for item in romance_fan[:2]} == {"romance"}


def test_what_a_user_took_is_not_recommended_again_where_nothing_is_taken_twice(night):
    taken = {f"space/{(1 + step) % 10}" for step in range(7)} | {"romance/1"}
    assert not taken & set(announced_lists(night.home)["user/1🎬"][0])


def test_the_manifest_says_what_the_release_was_made_of(night):
    pointer = read_pointer(night.home)
    manifest = read_manifest(night.home.releases / pointer.release, pointer.manifest_sha256)
    assert manifest.counts["users"] == 40
    assert manifest.counts["items"] == 20
    assert manifest.index.vectors == "text"
    assert manifest.index.recall >= 0.95
    assert manifest.embedding["dim"] == 384
    assert manifest.verdict.publish is True
    assert manifest.metrics["ranked"]["ndcg@10"] > manifest.metrics["source/popular"]["ndcg@10"]
    assert manifest.metrics["ranked"]["coverage@10"] > 0.9
    assert manifest.metrics["ranked"]["gini@10"] < manifest.metrics["source/popular"]["gini@10"]
    assert manifest.metrics["union"]["candidate_recall@20"] == 1.0


def test_the_verdict_names_spread_and_groups_and_that_a_first_release_has_nothing_to_be_held_against(night):
    reasons = " ".join(night.reports["evaluate"]["verdict"]["reasons"])
    assert "Gini index of exposure" in reasons
    assert "coverage is held against nothing: no release serves yet" in reasons
    assert "group gaps are" in reasons


def test_a_newer_run_of_the_same_date_takes_it_and_the_older_writes_nothing_more(spark, night):
    older, newer = (open_run(night.settings, RUN_DATE) for _ in range(2))
    with pytest.raises(LockedError, match=rf"Run {older.run_id} of 2026-01-31 was superseded by run {newer.run_id}"):
        execute("validate", older, spark)


@pytest.fixture
def half_the_users(night):
    folder = night.settings.dataset
    shutil.copytree(folder, f"{folder}.whole")
    from pathlib import Path

    write_tiny_dataset(Path(folder), n_users=20)
    yield
    shutil.rmtree(folder)
    Path(f"{folder}.whole").rename(folder)


def test_with_half_the_users_missing_nothing_is_announced_and_the_reason_is_kept(spark, night, half_the_users):
    before = read_json(night.home.current)
    blocked = run_night(spark, night.settings)
    assert read_json(night.home.current) == before
    assert blocked.reports["announce"]["announced"] is False
    reasons = " ".join(blocked.reports["evaluate"]["verdict"]["reasons"])
    assert "20 users where the serving release has 40: 50.0% fewer, 20% tolerated" in reasons
    assert "20 users where" in blocked.reports["announce"]["why"]
