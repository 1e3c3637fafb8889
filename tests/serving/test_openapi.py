"""The OpenAPI document, and the server held to it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.contract.home import Home
from serving.handlers import Handlers
from serving.metrics import Metrics
from serving.openapi import document
from serving.reload import Reloader
from tests.serving.releases import announce, write_release
from tests.serving.server import Server, running_server

SCHEMAS = document(max_batch=7)["components"]["schemas"]


def test_every_route_but_the_document_s_own_is_described(tmp_path):
    from jobs.contract.settings import load

    settings = load(home=str(tmp_path))
    metrics = Metrics()
    routes = Handlers(settings, Reloader(settings, metrics), metrics).routes()
    served = {(route.template, route.method.lower()) for route in routes}
    described = {(path, method) for path, methods in document(7)["paths"].items() for method in methods}
    assert served - described == {("/openapi.json", "get"), ("/docs", "get"), ("/docs/{asset}", "get")}
    assert described <= served


def test_the_structs_that_are_sent_are_the_schemas():
    assert SCHEMAS["Recommendations"]["required"] == [
        "release",
        "arm",
        "impression_id",
        "user_id",
        "fallback",
        "items",
        "next",
    ]
    assert SCHEMAS["Item"]["required"] == ["item_id", "title", "rank", "score", "reason", "sources"]


def test_the_limits_of_a_batch_are_stated():
    batch = SCHEMAS["BatchRequest"]["properties"]
    assert batch["k"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 10}
    assert (batch["user_ids"]["minItems"], batch["user_ids"]["maxItems"]) == (1, 7)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    home = Home(tmp_path_factory.mktemp("openapi"))
    announce(home, write_release(home, "r1"))
    with running_server(home, home.root / "server.log") as running:
        yield running


@pytest.mark.process
def test_schemathesis_finds_no_failure_of_the_server_and_no_breach_of_the_schema(server):
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--max-examples", "30", "--seed", "7", "--no-color", "--checks", "all"]
    found = subprocess.run(
        [program, "run", f"{server.url}/openapi.json", *options],
        cwd=server.log.parent,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert found.returncode == 0, found.stdout[-5000:] + found.stderr[-2000:]
    assert "7 selected / 7 total" in found.stdout
