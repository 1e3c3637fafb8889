"""One change of CURRENT, the pins or the kept rows at a time."""

import contextlib
import time
from collections.abc import Iterator

from jobs.contract.atomic_files import lock
from jobs.contract.errors import LockedError
from jobs.contract.home import Home

POINTER_LOCK = "pointer"
_RETRY_SECONDS = 0.1


@contextlib.contextmanager
def changing_releases(home: Home, holder: str, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the home's pointer lock for the block, waiting for whoever has it.

    Raises:
        LockedError: If it is still held after ``wait_seconds``, naming by whom.
    """
    deadline = time.monotonic() + wait_seconds
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(lock(home.locks / POINTER_LOCK, holder))
                break
            except LockedError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
        yield
