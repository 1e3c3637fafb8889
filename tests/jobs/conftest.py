"""Three real nights, published once and copied for each test, and a real Redis."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from jobs.contract.run import Run
from tests.redis_server import redis_server
from tests.releases import AS_OF, INTERACTIONS, LISTS, copied, open_night, publish_night

FIRST_LISTS = {**LISTS, "u1": ["🎬", "3"]}
# u1's event on "gone" came to light a night later.
FIRST_INTERACTIONS = [row for row in INTERACTIONS if row[:2] != ("u1", "gone")]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def published(spark, tmp_path_factory) -> list[Run]:
    """Runs of 30 January, 31 January and 31 January again, each published and none announced, on SQLite."""
    root = tmp_path_factory.mktemp("published") / "home"
    first = publish_night(
        spark,
        open_night(root, date(2026, 1, 30)),
        lists=FIRST_LISTS,
        interactions=FIRST_INTERACTIONS,
        as_of=AS_OF - timedelta(days=1),
    )
    second = publish_night(spark, open_night(root))
    return [first, second, publish_night(spark, open_night(root))]


@pytest.fixture
def nights(published, tmp_path) -> list[Run]:
    """The published runs in a copy of their home, which the test may spoil."""
    return [copied(run, tmp_path / "copy") for run in published]
