"""What /metrics tells."""

from serving.metrics import Metrics


def _lines(metrics: Metrics) -> list[str]:
    return metrics.exposition().decode().splitlines()


def test_requests_are_counted_by_route_and_status_and_timed_in_fine_buckets():
    metrics = Metrics()
    metrics.answered("/v1/similar/{item_id}", 404, 0.0004)
    lines = _lines(metrics)
    assert 'nightshelf_requests_total{route="/v1/similar/{item_id}",status="404"} 1.0' in lines
    assert 'nightshelf_request_seconds_bucket{le="0.00025",route="/v1/similar/{item_id}"} 0.0' in lines
    assert 'nightshelf_request_seconds_bucket{le="0.0005",route="/v1/similar/{item_id}"} 1.0' in lines


def test_only_the_release_that_is_served_is_named():
    metrics = Metrics()
    metrics.release_loaded("r1", 0.5)
    metrics.release_loaded("r2", 0.25)
    named = [line for line in _lines(metrics) if line.startswith("nightshelf_release_info{")]
    assert named == ['nightshelf_release_info{release="r2"} 1.0']
    assert 'nightshelf_reloads_total{outcome="loaded"} 2.0' in _lines(metrics)


def test_faults_and_fallbacks_are_counted():
    metrics = Metrics()
    metrics.release_refused()
    metrics.set_fault(present=True)
    metrics.fell_back("degraded")
    lines = _lines(metrics)
    assert 'nightshelf_reloads_total{outcome="refused"} 1.0' in lines
    assert "nightshelf_reload_fault 1.0" in lines
    assert 'nightshelf_fallbacks_total{kind="degraded"} 1.0' in lines
