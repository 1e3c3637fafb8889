import pytest

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import MANIFEST
from jobs.releases.pins import pin, pinned, unpin

ID = "20260131_000001_aaaa"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    (home.releases / ID).mkdir(parents=True)
    (home.releases / ID / MANIFEST).write_text("{}")
    return home


def test_a_pin_stays_until_it_is_taken_off(home):
    pin(home, ID)
    pin(home, ID)
    assert pinned(home) == {ID}
    unpin(home, ID)
    assert pinned(home) == frozenset()


def test_an_unfinished_release_cannot_be_pinned(home):
    (home.releases / ID / MANIFEST).unlink()
    with pytest.raises(ReleaseError, match=r"is unknown or was never finished\. Finished releases: none"):
        pin(home, ID)


def test_what_is_not_pinned_cannot_be_unpinned(home):
    with pytest.raises(ReleaseError, match=rf"{ID} is not pinned\. Pinned: none"):
        unpin(home, ID)
