"""What the server's tests share: one small release opened in process."""

import time

import pytest

from jobs.contract.home import Home
from serving.lookup import Served
from serving.overlay import Overlay
from serving.release import Release, open_release
from tests.serving.releases import write_release

NOW = time.time()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release on SQLite, opened by the server's own code; only to be read."""
    home = Home(tmp_path_factory.mktemp("serving"))
    return open_release(home, write_release(home, "r1"), "sqlite")


@pytest.fixture
def served(release: Release) -> Served:
    """The release under an empty overlay."""
    return Served(release, Overlay())
