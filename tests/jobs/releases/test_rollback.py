import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.release import ITEMS, read_pointer
from jobs.releases.announcing import announce
from jobs.releases.rollback import resume, rollback
from tests.releases import flip_a_byte


@pytest.fixture
def announced(nights):
    """The first and the third night, both announced; the third is current."""
    announce(nights[0])
    announce(nights[2])
    return nights[0], nights[2]


def _release(run):
    return run.report("publish")["release"]


def test_rollback_serves_the_older_release_and_holds(announced):
    older, newer = announced
    pointer = rollback(older.settings, _release(older))
    assert pointer == read_pointer(older.home)
    assert (pointer.release, pointer.previous, pointer.held) == (_release(older), _release(newer), True)
    assert pointer.manifest_sha256 == older.report("publish")["manifest_sha256"]


def test_rolling_forward_again_is_a_rollback_too(announced):
    older, newer = announced
    rollback(older.settings, _release(older))
    rollback(older.settings, _release(newer))
    assert read_pointer(older.home).release == _release(newer)
    assert not resume(older.home).held


def test_an_unknown_release_is_refused_naming_those_there_are(announced):
    older, newer = announced
    with pytest.raises(ReleaseError, match=rf"'nope' is unknown .* Finished releases: '{_release(newer)}'"):
        rollback(older.settings, "nope")


def test_the_current_release_is_refused(announced):
    _, newer = announced
    with pytest.raises(ReleaseError, match="is current already"):
        rollback(newer.settings, _release(newer))


def test_a_damaged_release_is_refused_and_the_pointer_stays(announced):
    older, newer = announced
    flip_a_byte(older.home.releases / _release(older) / ITEMS)
    with pytest.raises(ReleaseError, match=r"item_ids\.msgpack has another sha256"):
        rollback(older.settings, _release(older))
    assert read_pointer(older.home).release == _release(newer)


def test_a_damaged_pointer_is_mended_by_a_rollback(announced):
    older, _ = announced
    older.home.current.write_bytes(b"\0" * 10)
    assert rollback(older.settings, _release(older)).previous is None
    assert read_pointer(older.home).release == _release(older)


def test_there_is_nothing_to_resume_before_the_first_release(nights):
    with pytest.raises(ReleaseError, match="Nothing was announced yet"):
        resume(nights[0].home)
