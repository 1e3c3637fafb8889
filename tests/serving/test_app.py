"""The server as its clients see it: the same over SQLite and over Redis, whatever they send."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from feast import FeatureStore, RepoConfig

from jobs.contract.feast_config import feast_config
from jobs.contract.home import Home
from tests.redis_server import redis_server
from tests.serving.releases import ALL_ITEMS, LISTS, announce, write_release
from tests.serving.server import Server, running_server, wait_until, without_impressions

pytestmark = pytest.mark.process
JSON_BODY = {"content-type": "application/json"}
HOSTILE_IDS = [
    "\x00",
    "../../etc/passwd",
    "' OR 1=1 --",
    "a\r\nSet-Cookie: x=1",
    "%",
    "\u202e",
    "x" * 1000,
    " ",
]


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory) -> Iterator[Server]:
    """A server over SQLite."""
    home = Home(tmp_path_factory.mktemp("sqlite"))
    announce(home, write_release(home, "r1"))
    with running_server(home, home.root / "server.log") as server:
        yield server


@pytest.fixture(scope="module")
def redis(tmp_path_factory, redis_url) -> Iterator[Server]:
    """A server over Redis, on a machine that lives in Tokyo."""
    home = Home(tmp_path_factory.mktemp("redis"))
    announce(home, write_release(home, "r1", redis_url))
    with running_server(home, home.root / "server.log", redis_url, TZ="Asia/Tokyo") as server:
        yield server


def _paths() -> list[str]:
    users = [f"/v1/recommendations/{quote(user_id, safe='')}" for user_id in [*LISTS, "nobody", *HOSTILE_IDS]]
    items = [f"/v1/similar/{quote(item_id, safe='')}" for item_id in [*ALL_ITEMS, *HOSTILE_IDS]]
    filters = ["?k=3", "?k=200", "?category=odd", "?exclude=i00,i23&k=12"]
    return [*users, *items, *(f"/v1/recommendations/u1{query}" for query in filters)]


def test_sqlite_and_redis_give_identical_answers_in_any_timezone(sqlite, redis):
    for path in _paths():
        ours, theirs = sqlite.http.get(path), redis.http.get(path)
        assert ours.status_code == theirs.status_code, path
        assert without_impressions(ours.json()) == without_impressions(theirs.json()), path
    assert sqlite.get("/version") == redis.get("/version")


@pytest.mark.parametrize("store", ["sqlite", "redis"])
def test_every_list_is_what_feast_s_own_retrieval_gives(store, request, redis_url):
    server = request.getfixturevalue(store)
    folder = server.log.parent / "releases" / "r1"
    config = RepoConfig(**feast_config(folder, redis_url if store == "redis" else "sqlite"))
    found = FeatureStore(config=config).get_online_features(
        features=["user_recommendations:item_ids", "user_recommendations:scores"],
        entity_rows=[{"user_id": user_id} for user_id in LISTS],
    )
    columns = found.to_dict()
    for user_id, item_ids, scores in zip(LISTS, columns["item_ids"], columns["scores"], strict=True):
        answer = server.get(f"/v1/recommendations/{quote(user_id, safe='')}", k=200)
        own = [item for item in answer["items"] if item["sources"] != ["popular"]]
        published = dict(zip(item_ids or [], scores or [], strict=True))
        shown = [item_id for item_id in published if item_id not in {"gone", "coming"}]
        assert [item["item_id"] for item in own] == shown
        assert [item["score"] for item in own] == [published[item_id] for item_id in shown]


def test_an_unknown_user_gets_the_popular_list_flagged(sqlite):
    answer = sqlite.get("/v1/recommendations/nobody", k=3)
    assert (answer["fallback"], [item["rank"] for item in answer["items"]]) == ("popular", [1, 2, 3])
    assert set(answer) == {"release", "arm", "impression_id", "user_id", "fallback", "items", "next"}
    assert set(answer["items"][0]) == {"item_id", "title", "rank", "score", "reason", "sources"}


@pytest.mark.parametrize("path", ["/v1/recommendations/u1", "/v1/similar/i00"])
@pytest.mark.parametrize("k", ["0", "-1", "1.5", "abc", "201", str(2**31)])
def test_a_k_out_of_range_is_refused_with_the_reason(sqlite, path, k):
    answer = sqlite.http.get(path, params={"k": k})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["found"], answer.json()["expected"]) == (k, "an integer from 1 to 200")


@pytest.mark.parametrize("prefix", ["/v1/recommendations/", "/v1/similar/"])
@pytest.mark.parametrize("hostile", HOSTILE_IDS)
def test_hostile_ids_are_plain_misses(sqlite, redis, prefix, hostile):
    for server in (sqlite, redis):
        answer = server.http.get(prefix + quote(hostile, safe=""))
        assert answer.status_code == (200 if "recommendations" in prefix else 404)
        if answer.status_code == 200:
            assert (answer.json()["user_id"], answer.json()["fallback"]) == (hostile, "popular")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/v1/recommendations/%ED%A0%80", 400),
        (b"/v1/similar/%ED%A0%80", 400),
        (b"/v1/recommendations/%zz", 400),
        (b"/v1/recommendations/u1?category=%FF", 400),
        (b"/v1/recommendations/\xff", 400),
        (b"/v1/recommendations/a\x00b", 400),
        (b"/v1/recommendations/" + b"x" * 9000, 414),
        (b"/v1/similar/" + b"x" * 60_000, 414),
        (b"/v1/recommendations/u1?exclude=" + b"x" * 60_000, 414),
        # Past 64 KiB the HTTP parser itself refuses.
        (b"/v1/recommendations/" + b"x" * (1 << 20), 400),
        (b"/v1/similar/" + b"x" * (1 << 20), 400),
        (b"/v1/recommendations/..", 200),
        (b"/v1/similar/%2e%2e", 404),
        (b"/v1/recommendations/../../etc/passwd", 404),
        (b"//v1/recommendations/u1", 404),
        (b"*", 404),
        (b"/v1/recommendations/u1?k=1&k=2", 422),
        (b"/v1/recommendations/u1?cursor=nonsense", 404),
        (b"http://elsewhere/v1/recommendations/u1", 200),
        (b"/v1/recommendations/u1?&&=&x", 200),
    ],
)
def test_hostile_targets_are_refused_and_never_fail(sqlite, target, status):
    host, port = sqlite.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        first_line = connection.makefile("rb").readline()
    assert first_line.split()[1] == str(status).encode(), first_line


def test_a_batch_answers_every_user_in_the_order_asked(sqlite, redis):
    user_ids = [*LISTS, "nobody", "u1"]
    for server in (sqlite, redis):
        body = {"user_ids": user_ids, "k": 4, "exclude": ["i01"]}
        answer = server.http.post("/v1/recommendations:batch", json=body).json()
        assert [one["user_id"] for one in answer["answers"]] == user_ids
        singles = [
            server.get(f"/v1/recommendations/{quote(user_id, safe='')}", k=4, exclude="i01") for user_id in user_ids
        ]
        assert without_impressions(answer["answers"]) == without_impressions(singles)
        assert {answer["release"], *(one["release"] for one in answer["answers"])} == {"r1"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "kind"),
    [
        (b'{"user_ids": ["u1"]}', {"content-type": "text/plain"}, 415, "bad-content-type"),
        (b'{"user_ids": ["u1"]}', {}, 415, "bad-content-type"),
        (b'{"user_ids": ', JSON_BODY, 400, "not-json"),
        (b'{"user_ids": ["\\ud800"]}', JSON_BODY, 400, "not-json"),
        (b"[" * 100_000, JSON_BODY, 400, "not-json"),
        (b'{"user_ids": "u1"}', JSON_BODY, 422, "bad-parameter"),
        (json.dumps({"user_ids": ["u"] * 101}).encode(), JSON_BODY, 422, "bad-parameter"),
        (b'{"user_ids": ["' + b"x" * (1 << 20) + b'"]}', JSON_BODY, 413, "body-too-large"),
    ],
)
def test_a_bad_body_is_refused_by_its_fault(sqlite, body, headers, status, kind):
    answer = sqlite.http.post("/v1/recommendations:batch", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:nightshelf:problem:{kind}"


def test_a_body_of_unknown_length_is_read_only_up_to_the_limit(sqlite):
    chunks = (b"x" * 65536 for _ in range(64))
    answer = sqlite.http.post("/v1/recommendations:batch", content=chunks, headers=JSON_BODY)
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused_and_told_which_are_allowed(sqlite, method):
    answer = sqlite.http.request(method, "/v1/recommendations/u1")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert sqlite.http.get("/v1/recommendations:batch").headers["allow"] == "POST"


def test_head_says_what_get_would_without_the_body(sqlite):
    got, headed = sqlite.http.get("/v1/recommendations/u1"), sqlite.http.head("/v1/recommendations/u1")
    assert headed.content == b""
    assert headed.headers["content-length"] == got.headers["content-length"] == str(len(got.content))
    assert headed.headers["content-type"] == "application/json"


def test_operations_answer(sqlite):
    assert sqlite.get("/healthz") == {"status": "alive"}
    assert sqlite.get("/readyz") == {"status": "ready", "release": "r1", "overlay": 0, "fault": None}
    assert sqlite.get("/version")["release"] == "r1"
    exposed = sqlite.http.get("/metrics")
    assert exposed.headers["content-type"].startswith("text/plain")
    assert 'nightshelf_release_info{release="r1"} 1.0' in exposed.text
    assert 'route="/v1/recommendations/{user_id}"' in exposed.text


def test_docs_come_whole_from_here(sqlite):
    page = sqlite.http.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "://" not in page.text
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js", "favicon-32x32.png"):
        assert f"docs/{name}" in page.text
        assert sqlite.http.get(f"/docs/{name}").status_code == 200
    assert sqlite.http.get("/docs/..%2F__init__.py").status_code == 404


def test_a_redis_that_hangs_leaves_the_popular_list_at_once_and_heals(redis, redis_url):
    _tell(redis_url, b"DEBUG SLEEP 3")
    wait_until(lambda: not _answers(redis_url), "the store hangs")
    degraded = redis.http.get("/v1/recommendations/u1")
    assert degraded.json()["fallback"] == "degraded"
    assert degraded.elapsed.total_seconds() < 0.5
    assert degraded.json()["items"][0]["sources"] == ["popular"]
    batch = redis.http.post("/v1/recommendations:batch", json={"user_ids": ["u1", "u2"]}).json()
    assert [answer["fallback"] for answer in batch["answers"]] == ["degraded", "degraded"]
    assert redis.http.get("/v1/similar/i00").status_code == 200
    assert 'nightshelf_fallbacks_total{kind="degraded"} 3.0' in redis.http.get("/metrics").text
    wait_until(lambda: redis.get("/v1/recommendations/u1")["fallback"] is None, "the store heals")


def test_a_connection_that_redis_closed_is_opened_again_unnoticed(redis, redis_url):
    _tell(redis_url, b"CLIENT KILL TYPE normal")
    assert redis.get("/v1/recommendations/u1")["fallback"] is None


def _connected(url: str, timeout: float | None) -> socket.socket:
    host, port = url.removeprefix("redis://").split(":")
    return socket.create_connection((host, int(port)), timeout)


def _answers(url: str) -> bool:
    with _connected(url, timeout=0.1) as connection:
        connection.sendall(b"PING\r\n")
        try:
            return bool(connection.recv(1))
        except TimeoutError:
            return False


def _tell(url: str, command: bytes) -> None:
    """Send a command without waiting for more than its first byte, which a hanging server does not send."""
    with _connected(url, timeout=None) as connection:
        connection.sendall(command + b"\r\n")
        if not command.startswith(b"DEBUG"):
            connection.recv(1)
