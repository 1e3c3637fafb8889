import shutil

import pytest

from jobs.contract.atomic_files import read_json, sha256_of, write_json
from jobs.contract.release import MANIFEST, ROWS, read_pointer
from jobs.evaluation.serving_release import serving_release
from tests.releases import LISTS, announce_night


@pytest.fixture
def serving(spark, nights):
    """The home of an announced release."""
    announce_night(spark, nights[2])
    return nights[2].home


def test_what_a_release_recorded_of_its_backtest_is_there_for_the_next_verdict(serving):
    found = serving_release(serving, 10)
    assert (found.users, found.items) == (5, 7)
    assert found.ndcg == dict.fromkeys(LISTS, 0.25)
    assert found.metrics == {"ndcg@10": 0.25}
    assert found.gaps == {"activity": 0.1}


def test_at_another_cut_off_its_size_alone_is_known(serving):
    found = serving_release(serving, 20)
    assert (found.users, found.ndcg, found.gaps) == (5, {}, {})


def test_a_release_made_before_groups_were_recorded_has_no_gaps(serving):
    pointer = read_pointer(serving)
    folder = serving.releases / pointer.release
    shutil.rmtree(folder / ROWS / "evaluation_groups")
    manifest = read_json(folder / MANIFEST)
    manifest["row_files"] = {name: entry for name, entry in manifest["row_files"].items() if "groups" not in name}
    write_json(folder / MANIFEST, manifest)
    write_json(serving.current, {**read_json(serving.current), "manifest_sha256": sha256_of(folder / MANIFEST)})
    found = serving_release(serving, 10)
    assert (found.users, found.gaps) == (5, {})


def test_before_the_first_release_there_is_none(make_run):
    assert serving_release(make_run().home, 10) is None
