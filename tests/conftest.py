"""Fixtures that the whole suite shares: one Spark session, and runs in homes of their own."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import prometheus_client  # noqa: F401 - before feast, as in the server: feast switches it to files shared between processes
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from infra.spark_classes import java_options
from jobs.contract.run import Run, open_run
from jobs.contract.settings import load

RUN_DATE = date(2026, 1, 31)
# Of every JVM that a test starts. Tiny data ends before what a thorough compiler does for it pays. Without it the JVM
# would keep 48 MB for code, which a suite's queries fill: it would throw code out and compile it again for ever.
_SMALL_JVM = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
os.environ["JDK_JAVA_OPTIONS"] = f"{java_options()} {_SMALL_JVM}".strip()


class _NightsTogether(LoadFileScheduling):
    """The tests of a file run in one process, for what they share; those of whole nights share the first night."""

    def _split_scope(self, nodeid: str) -> str:
        return "nights" if "/end_to_end/" in nodeid else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Return how tests are dealt out to processes."""
    return _NightsTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Spark, so that ``make unit`` can leave it out."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.spark)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("NIGHTSHELF_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def spark() -> Iterator:
    """The suite's one Spark session, local, two cores."""
    from jobs import spark_io

    settings = load(spark={"master": "local[2]", "driver_memory": "2g", "shuffle_partitions": 2})
    session = spark_io.session(settings, "tests")
    yield session
    session.stop()


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Run]:
    """Return a function that opens a run in this test's own home: ``make_run(rank={"k": 5})``."""

    def make(run_date: date = RUN_DATE, dataset: str = "ml-100k", **changes) -> Run:
        return open_run(load(home=str(tmp_path / "home"), dataset=dataset, **changes), run_date)

    return make
