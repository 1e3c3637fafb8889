"""How long each part of a stage took."""

import contextlib
import time
from collections.abc import Iterator

import structlog

log = structlog.get_logger()


class PartTimes:
    """Seconds by part, in the order in which the parts ran."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def measure(self, part: str) -> Iterator[None]:
        """Time the block and say so in the log."""
        started = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - started, 3)
        log.info("part finished", part=part, seconds=self.seconds[part])
