"""One change of CURRENT, the pins or what is known of online rows at a time."""

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
    """Hold the home's pointer lock for the block, waiting for whoever has it; whoever holds it is soon done.

    Raises:
        LockedError: If it is still held after ``wait_seconds``, naming by whom.
    """
    with waiting_lock(home, POINTER_LOCK, holder, wait_seconds):
        yield


@contextlib.contextmanager
def waiting_lock(home: Home, name: str, holder: str, wait_seconds: float) -> Iterator[None]:
    """Hold one of the home's locks for the block, waiting for whoever has it.

    Raises:
        LockedError: If it is still held after ``wait_seconds``, naming by whom.
    """
    deadline = time.monotonic() + wait_seconds
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(lock(home.locks / name, holder))
                break
            except LockedError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
        yield
