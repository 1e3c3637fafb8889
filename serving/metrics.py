"""What /metrics tells: requests by route and status, how long they took, which release answers, how reloads went.

Import this before feast, which switches prometheus_client to files shared between processes.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()
_BUCKETS_SECONDS = (0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class _ReleaseInfo:
    """The one release served: a gauge would keep a line for each that ever was."""

    def __init__(self) -> None:
        self.release_id: str | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("nightshelf_release_info", "The release served.", labels=("release",))
        if self.release_id is not None:
            family.add_metric((self.release_id,), 1)
        yield family


class Metrics:
    """The server's counters, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "nightshelf_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "nightshelf_request_seconds",
            "Time from the first byte of a request to its answer.",
            ("route",),
            buckets=_BUCKETS_SECONDS,
            registry=self._registry,
        )
        self._fallbacks = Counter(
            "nightshelf_fallbacks",
            "Lists answered from the popular list: unknown users, or a store that failed.",
            ("kind",),
            registry=self._registry,
        )
        self._release = _ReleaseInfo()
        self._registry.register(self._release)
        self._loads = Counter(
            "nightshelf_reloads", "Releases by outcome: loaded, refused.", ("outcome",), registry=self._registry
        )
        self._load_seconds = Gauge("nightshelf_reload_seconds", "Time the last load took.", registry=self._registry)
        self._fault = Gauge(
            "nightshelf_reload_fault", "1 while what was announced is not what is served.", registry=self._registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def fell_back(self, kind: str) -> None:
        """Count a list that came from the popular list: ``popular`` or ``degraded``."""
        self._fallbacks.labels(kind).inc()

    def release_loaded(self, release_id: str, seconds: float) -> None:
        """Count a reload, and name the release from now on."""
        self._release.release_id = release_id
        self._loads.labels("loaded").inc()
        self._load_seconds.set(seconds)

    def release_refused(self) -> None:
        """Count a release that did not load."""
        self._loads.labels("refused").inc()

    def set_fault(self, *, present: bool) -> None:
        """Say whether what was announced is not what is served."""
        self._fault.set(int(present))

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return bytes(generate_latest(self._registry))
