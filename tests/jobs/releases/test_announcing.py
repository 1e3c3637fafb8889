import dataclasses

import pytest

from jobs.contract.atomic_files import lock
from jobs.contract.errors import LockedError, ReleaseError
from jobs.contract.release import INDEX, Pointer, read_pointer, write_pointer
from jobs.releases.announcing import HELD, announce
from jobs.releases.collected_rows import ROWS_LOCK
from jobs.releases.pointer_lock import POINTER_LOCK, changing_releases
from jobs.releases.rollback import resume, rollback
from tests.releases import flip_a_byte

VERDICT_AGAINST = {"verdict": {"publish": False, "reasons": ["Half the users are missing."]}}


def _release(run):
    return run.report("publish")["release"]


def _point_at(run, **changes):
    pointer = Pointer(release=_release(run), manifest_sha256=run.report("publish")["manifest_sha256"])
    write_pointer(run.home, pointer.model_copy(update=changes))


def test_the_first_release_is_announced(nights):
    report = announce(nights[2])
    assert (report["announced"], report["why"], report["previous"]) == (True, None, None)
    pointer = read_pointer(nights[2].home)
    assert pointer.release == _release(nights[2])
    assert pointer.manifest_sha256 == nights[2].report("publish")["manifest_sha256"]


def test_a_newer_date_replaces_an_older_one_and_remembers_it(nights):
    first, _, third = nights
    announce(first)
    announce(third)
    pointer = read_pointer(first.home)
    assert (pointer.release, pointer.previous) == (_release(third), _release(first))


def test_an_older_date_never_replaces_a_newer_one(nights):
    first, _, third = nights
    announce(third)
    report = announce(first)
    assert not report["announced"]
    assert "is of a newer run: an older one never replaces it" in report["why"]
    assert read_pointer(first.home).release == _release(third)


def test_a_later_run_of_the_same_date_replaces_the_earlier(nights):
    _, second, third = nights
    _point_at(second)
    assert announce(third)["announced"]
    assert read_pointer(third.home).previous == _release(second)


def test_a_run_that_lost_its_date_to_a_newer_run_announces_nothing(nights):
    with pytest.raises(LockedError, match="was superseded by run 20260131_000003; it writes nothing more"):
        announce(nights[1])
    assert read_pointer(nights[1].home) is None


def test_announcing_twice_changes_nothing(nights):
    first, _, third = nights
    announce(first)
    announce(third)
    before = read_pointer(third.home)
    assert announce(third)["announced"]
    assert read_pointer(third.home) == before


def test_a_verdict_against_it_is_obeyed_and_its_reason_shown(nights):
    nights[2].write_report("evaluate", VERDICT_AGAINST)
    report = announce(nights[2])
    assert (report["announced"], report["why"]) == (False, "The verdict is against it: Half the users are missing.")
    assert read_pointer(nights[2].home) is None


def test_force_overrides_the_verdict_and_is_recorded(nights):
    nights[2].write_report("evaluate", VERDICT_AGAINST)
    report = announce(dataclasses.replace(nights[2], force="the users moved away"))
    assert (report["announced"], report["forced"]) == (True, "the users moved away")


def test_a_backfill_computes_and_announces_nothing(nights):
    report = announce(dataclasses.replace(nights[2], announce=False))
    assert (report["announced"], report["why"]) == (False, "The run was opened to compute only, as a backfill is.")


def test_a_rollback_holds_announcements_until_resume(nights):
    first, _, third = nights
    _point_at(third)
    rollback(first.settings, _release(first))
    report = announce(dataclasses.replace(third, force="even so"))
    assert (report["announced"], report["why"]) == (False, HELD)
    resume(first.home)
    assert announce(third)["announced"]


def test_a_damaged_release_is_refused_and_the_pointer_stays(nights):
    first, _, third = nights
    announce(first)
    flip_a_byte(third.home.releases / _release(third) / INDEX)
    with pytest.raises(ReleaseError, match=r"items\.ann has another sha256"):
        announce(third)
    assert read_pointer(third.home).release == _release(first)


def test_a_damaged_pointer_stops_announcing_and_says_how_to_mend_it(nights):
    nights[2].home.current.write_bytes(b"")
    with pytest.raises(ReleaseError, match="CURRENT is damaged .* nightshelf releases rollback ID"):
        announce(nights[2])


def test_garbage_is_collected_after_announcing(nights):
    first, second, third = nights
    announce(first)
    stray = first.home.releases / "20260129_000001_dead"
    stray.mkdir()
    report = announce(third)
    assert report["collected"] == [stray.name]
    assert not stray.exists()
    assert (second.home.releases / _release(second)).exists()


def test_an_announcement_stands_while_rows_are_being_moved_and_garbage_waits(nights):
    first, _, third = nights
    announce(first)
    stray = first.home.releases / "20260129_000001_dead"
    stray.mkdir()
    with lock(first.home.locks / ROWS_LOCK, "releases materialise"):
        report = announce(third)
    assert (report["announced"], report["collected"]) == (True, [])
    assert stray.exists()


def test_who_waits_too_long_for_the_pointer_is_told_who_has_it(nights):
    home = nights[0].home
    with (
        lock(home.locks / POINTER_LOCK, "run 7"),
        pytest.raises(LockedError, match=r"pointer is held by run 7"),
        changing_releases(home, "run 8", wait_seconds=0.2),
    ):
        pass
