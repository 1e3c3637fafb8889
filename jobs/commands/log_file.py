"""Where the stages' own log goes while a command shows its progress."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import structlog


@contextlib.contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Append what the stages log to ``path`` for the block; standard output stays the command's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(file), cache_logger_on_first_use=False)
        try:
            yield
        finally:
            structlog.reset_defaults()
