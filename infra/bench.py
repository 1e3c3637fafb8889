"""``make bench``: lookups over HTTP against the announced release, every user different, by number of connections."""

import asyncio
import json
import sys
import time
from itertools import islice
from urllib.parse import quote, urlsplit

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from infra.http_server import HttpServer
from jobs.contract.errors import NightshelfError, ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import ROWS, read_pointer
from jobs.contract.settings import Settings, load

CONNECTIONS = (1, 8, 32)
SECONDS = 5.0
K = 20


def main() -> int:
    """Measure and print; return the exit code."""
    console = Console(highlight=False)
    try:
        settings = load()
        users = user_ids(settings)
        with HttpServer.start(settings) as server:
            table = Table("connections", "requests/s", "p50 ms", "p99 ms", title=f"k={K}, {len(users):,} users")
            for n_connections in CONNECTIONS:
                with console.status(f"{n_connections} connections"):
                    took_ms = asyncio.run(load_for(server.url, users, n_connections))
                table.add_row(str(n_connections), *summary(took_ms))
    except NightshelfError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    console.print(table)
    console.print("The client shares the machine with the server and is written in Python: a lower bound.")
    return 0


def user_ids(settings: Settings) -> list[str]:
    """Return the ids of every user with a list in the announced release.

    Raises:
        ReleaseError: If nothing was announced yet.
    """
    home = Home(settings.home)
    pointer = read_pointer(home)
    if pointer is None:
        raise ReleaseError("Nothing was announced yet. Run a night first: make demo")
    rows = pq.read_table(home.releases / pointer.release / ROWS / "user_recommendations", columns=["user_id"])
    return list(rows.column("user_id").to_pylist())


async def load_for(url: str, users: list[str], n_connections: int) -> list[float]:
    """Return the milliseconds of every request that ``n_connections`` kept-alive connections made in five seconds."""
    deadline = time.monotonic() + SECONDS
    parts = [list(islice(users, start, None, n_connections)) or users for start in range(n_connections)]
    took = await asyncio.gather(*(_connection(url, part, deadline) for part in parts))
    return [ms for each in took for ms in each]


def summary(took_ms: list[float]) -> tuple[str, str, str]:
    """Return requests per second, median and 99th percentile, as shown."""
    ordered = sorted(took_ms)
    middle, high = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    return f"{len(ordered) / SECONDS:,.0f}", f"{middle:.2f}", f"{high:.2f}"


async def _connection(url: str, users: list[str], deadline: float) -> list[float]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    took_ms: list[float] = []
    while time.monotonic() < deadline:
        user_id = users[len(took_ms) % len(users)]
        started = time.perf_counter()
        path = f"/v1/recommendations/{quote(user_id, safe='')}?k={K}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        took_ms.append(1000 * (time.perf_counter() - started))
        if not head.startswith(b"HTTP/1.1 200"):
            raise NightshelfError(f"GET {path} answered {json.loads(body)}")
    writer.close()
    return took_ms


def _length(head: bytes) -> int:
    fields = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:] if b":" in line)
    return int(fields[b"content-length"])


if __name__ == "__main__":
    sys.exit(main())
