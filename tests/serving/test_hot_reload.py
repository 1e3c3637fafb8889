"""Replacing a release under load: no error, no mixture, nothing left behind, and back again byte for byte."""

import itertools
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from jobs.contract.atomic_files import write_atomically
from jobs.contract.home import Home
from jobs.contract.release import INDEX, MANIFEST, ONLINE_DB, REGISTRY, Pointer
from tests.releases import cut_in_half, fill_with_zeros, flip_a_byte
from tests.serving.releases import LISTS, announce, write_overlay, write_release
from tests.serving.server import Server, running_server, wait_until, without_impressions

pytestmark = pytest.mark.process
N_RELOADS = 200
WARM_UP = 40
_MAX_GROWTH_BYTES = 4 << 20
Question = dict[str, Any]
QUESTIONS: list[Question] = [
    {"method": "GET", "url": "/v1/recommendations/u1"},
    {"method": "GET", "url": "/v1/similar/i00"},
    {"method": "POST", "url": "/v1/recommendations:batch", "json": {"user_ids": ["u1", "u2", "nobody", "u/3"]}},
]
"""Each is asked by a client of its own during the reloads."""
BACKWARDS = {user_id: item_ids[::-1] for user_id, item_ids in LISTS.items()}


@pytest.fixture(scope="module")
def releases(tmp_path_factory) -> tuple[Home, dict[str, Pointer]]:
    """Two releases; the second holds every list backwards, and has other vectors and titles."""
    home = Home(tmp_path_factory.mktemp("reload"))
    return home, {"r1": write_release(home, "r1"), "r2": write_release(home, "r2", lists=BACKWARDS, edition=2)}


@pytest.fixture(scope="module")
def server(releases) -> Iterator[Server]:
    """A server that starts before anything was announced."""
    home, _ = releases
    with running_server(home, home.root / "server.log") as running:
        yield running


def _serves(server: Server, release: str) -> bool:
    answer = server.http.get("/readyz")
    return answer.status_code == 200 and answer.json()["release"] == release


def test_until_something_is_announced_the_server_says_so_and_asks_for_patience(server):
    for path in ("/readyz", "/v1/recommendations/u1", "/v1/similar/i00"):
        answer = server.http.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert "No release was announced yet" in answer.json()["detail"]
    assert server.get("/version")["release"] is None
    assert server.get("/healthz") == {"status": "alive"}


class _Client(threading.Thread):
    """Asks one question without a pause, and keeps whatever is not the whole answer of the release that it names."""

    def __init__(self, url: str, question: Question, answers: dict[str, dict]) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._question = question
        self._answers = answers
        self.n_answers = 0
        self.seen: set[str] = set()
        self.faults: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as http:
            while not self.done.is_set():
                answer = http.request(**self._question)
                if answer.status_code != 200:
                    self.faults.append(answer.text)
                    continue
                body = answer.json()
                if without_impressions(body) != self._answers[body["release"]]:
                    self.faults.append(answer.text)
                self.n_answers += 1
                self.seen.add(body["release"])


def _answers_of(name: str, releases: tuple[Home, dict[str, Pointer]], server: Server) -> list[dict]:
    """Return what the release answers to every question while nothing moves."""
    home, pointers = releases
    announce(home, pointers[name])
    wait_until(lambda: _serves(server, name), f"{name} is served")
    return [without_impressions(server.http.request(**question).json()) for question in QUESTIONS]


def _items(answer: dict) -> list[str]:
    lists = answer.get("answers", [answer])
    return [item["item_id"] for one in lists for item in one["items"]]


def test_200_reloads_under_load_lose_no_answer_mix_no_release_and_leave_nothing_behind(releases, server):
    home, pointers = releases
    quiet = {"r2": _answers_of("r2", releases, server), "r1": _answers_of("r1", releases, server)}
    for n in range(len(QUESTIONS)):
        assert quiet["r1"][n]["release"] != quiet["r2"][n]["release"]
        assert _items(quiet["r1"][n]) != _items(quiet["r2"][n])
    clients = [
        _Client(server.url, question, {name: answers[n] for name, answers in quiet.items()})
        for n, question in enumerate(QUESTIONS)
    ]
    for client in clients:
        client.start()
    process = psutil.Process(server.process.pid)
    names = itertools.islice(itertools.cycle(["r2", "r1"]), N_RELOADS)
    for n, name in enumerate(names):
        announce(home, pointers[name])
        wait_until(lambda name=name: _serves(server, name), f"{name} is served")
        if n == WARM_UP:
            files, memory = process.num_fds(), process.memory_info().rss
    for client in clients:
        client.done.set()
    for client in clients:
        client.join(timeout=30)
        assert client.faults == []
        assert client.seen == {"r1", "r2"}
        assert client.n_answers > N_RELOADS
    assert process.num_fds() <= files + 2
    grown = process.memory_info().rss - memory
    assert grown < _MAX_GROWTH_BYTES, f"{grown:,} bytes more after {N_RELOADS - WARM_UP} reloads"
    assert f'nightshelf_reloads_total{{outcome="loaded"}} {N_RELOADS + 2}.0' in server.http.get("/metrics").text


def test_a_rollback_gives_the_older_release_s_answers_byte_for_byte(releases, server):
    home, pointers = releases
    paths = [*(f"/v1/recommendations/{user_id}" for user_id in ("u1", "u2", "nobody")), "/v1/similar/i00"]

    def answers_of(name: str) -> list[bytes]:
        announce(home, pointers[name])
        wait_until(lambda: _serves(server, name), f"{name} is served")
        answers = [server.http.get(path) for path in paths]
        return [answer.content.replace(answer.json()["impression_id"].encode(), b"impression") for answer in answers]

    older, newer = answers_of("r1"), answers_of("r2")
    assert older != newer
    assert answers_of("r1") == older


def test_a_cursor_of_the_release_before_is_gone(releases, server):
    home, pointers = releases
    announce(home, pointers["r1"])
    wait_until(lambda: _serves(server, "r1"), "r1 is served")
    cursor = server.get("/v1/recommendations/u1", k=2)["next"]
    assert server.get("/v1/recommendations/u1", k=2, cursor=cursor)["items"][0]["rank"] == 3
    announce(home, pointers["r2"])
    wait_until(lambda: _serves(server, "r2"), "r2 is served")
    answer = server.http.get("/v1/recommendations/u1", params={"cursor": cursor})
    assert answer.status_code == 410
    assert "belongs to release r1" in answer.json()["detail"]


def test_an_overlay_takes_effect_while_serving_and_survives_a_rollback(releases, server):
    home, pointers = releases
    write_overlay(home, server.get("/readyz")["overlay"] + 1, withdrawn=("i05",), erased=("u2",))
    wait_until(lambda: server.get("/readyz")["overlay"] == 1, "the overlay is in force")
    for name in ("r1", "r2"):
        announce(home, pointers[name])
        wait_until(lambda name=name: _serves(server, name), f"{name} is served")
        assert server.get("/v1/recommendations/u2")["fallback"] == "popular"
        assert "i05" not in server.http.get("/v1/recommendations/u1?k=200").text
        assert server.http.get("/v1/similar/i05").status_code == 404


@pytest.mark.parametrize("damage", [cut_in_half, fill_with_zeros, flip_a_byte])
@pytest.mark.parametrize("name", [INDEX, MANIFEST, REGISTRY, ONLINE_DB])
def test_a_damaged_release_is_not_served_the_old_one_stays_and_readyz_names_the_file(releases, server, name, damage):
    home, pointers = releases
    announce(home, pointers["r1"])
    wait_until(lambda: _serves(server, "r1") and server.get("/readyz")["fault"] is None, "r1 is served")
    before = without_impressions(server.get("/v1/recommendations/u1"))
    path = home.releases / "r2" / name
    whole = path.read_bytes()
    damage(path)
    announce(home, pointers["r2"])
    wait_until(lambda: server.get("/readyz")["fault"] is not None, "the fault is told")
    ready = server.get("/readyz")
    assert ready["release"] == "r1"
    assert f"r2/{name}" in ready["fault"]
    assert without_impressions(server.get("/v1/recommendations/u1")) == before
    assert "nightshelf_reload_fault 1.0" in server.http.get("/metrics").text
    write_atomically(path, whole)
    wait_until(lambda: _serves(server, "r2"), "r2 is served once mended")
    assert server.get("/readyz")["fault"] is None


def test_a_damaged_pointer_is_told_and_the_old_release_stays(releases, server):
    home, pointers = releases
    whole = home.current.read_bytes()
    write_atomically(home.current, b"\0" * len(whole))
    wait_until(lambda: "CURRENT is damaged" in (server.get("/readyz")["fault"] or ""), "the fault is told")
    assert server.http.get("/v1/recommendations/u1").status_code == 200
    announce(home, pointers["r1"])
    wait_until(lambda: server.get("/readyz")["fault"] is None, "the fault is gone")
