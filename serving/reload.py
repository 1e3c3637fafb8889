"""Following CURRENT and the overlay: a new release loads whole beside the old one, then one reference is swapped."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from jobs.contract.errors import NightshelfError, ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import Pointer, read_pointer
from jobs.contract.settings import Settings
from serving.lookup import Served
from serving.metrics import Metrics
from serving.overlay import Overlay, overlay_signature, read_overlay
from serving.release import Release, open_release

MAX_WAIT_SECONDS = 60.0
log = structlog.get_logger()


@dataclass(frozen=True)
class _Refusal:
    """A release that did not load: hashing gigabytes again at every poll would help nobody."""

    announced: tuple[str, str]
    fault: str
    wait_seconds: float
    retry_at: float


class Reloader:
    """Holds what is served now; a thread of its own looks for something newer.

    Attributes:
        served: What a request takes its one reference to; None until a first release was loaded.
    """

    def __init__(self, settings: Settings, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self.served: Served | None = None
        self._home = Home(settings.home)
        self._online_store = settings.online_store
        self._poll_seconds = settings.serving.poll_seconds
        self._metrics = metrics
        self._clock = clock
        self._release: Release | None = None
        self._loaded: tuple[str, str] | None = None
        self._refusal: _Refusal | None = None
        self._overlay: Overlay | None = None
        self._overlay_signature: object = ()
        self._release_fault: str | None = None
        self._overlay_fault: str | None = None
        self._stopping = threading.Event()

    @property
    def fault(self) -> str | None:
        """Why the announced release or the overlay is not what is served, or None."""
        return " ".join(fault for fault in (self._release_fault, self._overlay_fault) if fault) or None

    def start(self) -> None:
        """Look again every ``serving.poll_seconds`` from now on, in a thread."""
        threading.Thread(target=self._run, name="reload", daemon=True).start()

    def stop(self) -> None:
        """Stop looking; a load under way ends with the process."""
        self._stopping.set()

    def poll(self) -> None:
        """Look once. Whatever is wrong, what was served before stays, and ``fault`` says why."""
        before = self.fault
        self._overlay_fault = self._poll_overlay()
        self._release_fault = self._poll_release()
        if self._overlay is not None and self._release is not None:
            now = self.served
            if now is None or now.release is not self._release or now.overlay is not self._overlay:
                self.served = Served(self._release, self._overlay)
        if self.fault != before:
            self._metrics.set_fault(present=self.fault is not None)
            log.warning("reload fault", fault=self.fault) if self.fault else log.info("reload fault mended")

    def _run(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            self.poll()

    def _poll_overlay(self) -> str | None:
        try:
            signature = overlay_signature(self._home.overlay)
            if self._overlay is not None and signature == self._overlay_signature:
                return self._overlay_fault
            overlay = read_overlay(self._home.overlay)
            if self._overlay is not None and overlay.version < self._overlay.version:
                raise ReleaseError(f"The overlay went back from version {self._overlay.version} to {overlay.version}.")
        except (NightshelfError, OSError) as error:
            return str(error)
        self._overlay, self._overlay_signature = overlay, signature
        log.info("overlay loaded", version=overlay.version)
        return None

    def _poll_release(self) -> str | None:
        try:
            pointer = read_pointer(self._home)
        except (NightshelfError, OSError) as error:
            return str(error)
        if pointer is None:
            return f"{self._home.current} is gone." if self._release else None
        announced = (pointer.release, pointer.manifest_sha256)
        if announced == self._loaded:
            self._refusal = None
            return None
        if self._refusal and self._refusal.announced == announced and self._clock() < self._refusal.retry_at:
            return self._refusal.fault
        return self._try_to_load(pointer, announced)

    def _try_to_load(self, pointer: Pointer, announced: tuple[str, str]) -> str | None:
        started = time.perf_counter()
        try:
            self._release = open_release(self._home, pointer, self._online_store)
        except NightshelfError as error:
            return self._refuse(announced, str(error))
        except Exception as error:  # whatever a broken release does, this thread must live to load the next one
            log.exception("release failed to load", release=pointer.release)
            return self._refuse(announced, f"Release {pointer.release} failed to load: {type(error).__name__}: {error}")
        self._loaded, self._refusal = announced, None
        seconds = time.perf_counter() - started
        self._metrics.release_loaded(pointer.release, seconds)
        log.info("release loaded", release=pointer.release, seconds=round(seconds, 3))
        return None

    def _refuse(self, announced: tuple[str, str], fault: str) -> str:
        wait_seconds = self._poll_seconds
        if self._refusal and self._refusal.announced == announced:
            wait_seconds = min(2 * self._refusal.wait_seconds, MAX_WAIT_SECONDS)
        self._refusal = _Refusal(announced, fault, wait_seconds, self._clock() + wait_seconds)
        self._metrics.release_refused()
        return fault
