import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import Manifest, OnlineEntry
from jobs.releases.collected_rows import (
    check_online,
    forget_all_but,
    mark_collected,
    mark_going,
    mark_online,
    row_state,
)

ID = "20260131_000001_aaaabbbb"


def _manifest(store="redis"):
    online = OnlineEntry(store=store, project=f"nightshelf_{ID}", rows={}, sample={})
    return Manifest.model_construct(release_id=ID, run_id="20260131_000001", online=online)


def test_rows_are_going_until_the_last_has_gone(tmp_path):
    home = Home(tmp_path)
    mark_going(home, {ID, "other"})
    mark_collected(home, {ID})
    assert (row_state(home).going, row_state(home).collected) == ({"other"}, {ID})
    mark_going(home, {ID})
    assert (row_state(home).going, row_state(home).collected) == ({"other", ID}, frozenset())
    mark_online(home, ID, 2.04)
    assert (row_state(home).offline, row_state(home).seconds) == ({"other"}, {ID: 2.0})


def test_a_release_is_refused_while_its_rows_go_and_once_they_have_gone(tmp_path):
    home = Home(tmp_path)
    check_online(home, _manifest())
    for mark in (mark_going, mark_collected):
        mark(home, {ID})
        with pytest.raises(ReleaseError, match=f"an unknown time: nightshelf releases materialise {ID}"):
            check_online(home, _manifest())
    check_online(home, _manifest("sqlite"))


def test_what_is_known_of_removed_releases_is_forgotten_but_for_rows_that_still_have_to_go(tmp_path):
    home = Home(tmp_path)
    mark_online(home, "removed", 1.0)
    mark_collected(home, {"removed", ID})
    mark_going(home, {"half gone"})
    forget_all_but(home, [ID])
    state = row_state(home)
    assert (state.going, state.collected, state.seconds) == ({"half gone"}, {ID}, {})
