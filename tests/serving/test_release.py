"""Opening a release: whatever is damaged is refused before it is loaded, by its name."""

import gc
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import redis

from jobs.contract.atomic_files import read_json, sha256_of, write_json
from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import INDEX, ITEMS, MANIFEST, ONLINE_DB, REGISTRY, Pointer
from jobs.contract.release_files import ItemMap, read_item_map, write_item_map
from serving.release import open_release
from tests.redis_server import redis_server
from tests.releases import cut_in_half, fill_with_zeros, flip_a_byte
from tests.serving.releases import LISTS, write_release
from tests.serving.server import wait_until


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Pointer]:
    """A home with one whole release, copied by every test that damages it."""
    home = Home(tmp_path_factory.mktemp("whole"))
    return home, write_release(home, "r1")


@pytest.fixture
def copy(whole: tuple[Home, Pointer], tmp_path: Path) -> tuple[Home, Pointer]:
    """A copy of the home to damage."""
    home, pointer = whole
    shutil.copytree(home.root, tmp_path, dirs_exist_ok=True)
    return Home(tmp_path), pointer


def _sign_again(home: Home, name: str) -> Pointer:
    """Return a pointer to the release after file ``name`` was changed and its manifest with it."""
    folder = home.releases / "r1"
    manifest = read_json(folder / MANIFEST)
    manifest["files"][name] = {"sha256": sha256_of(folder / name), "size_bytes": (folder / name).stat().st_size}
    write_json(folder / MANIFEST, manifest)
    return Pointer(release="r1", manifest_sha256=sha256_of(folder / MANIFEST))


def test_a_whole_release_opens_and_answers(whole):
    release = open_release(*whole, "sqlite")
    assert release.release_id == "r1"
    assert [list(row.item_ids) for row in release.rows.read(list(LISTS))] == list(LISTS.values())
    assert release.rows.read(["nobody"]) == [None]


def test_a_release_on_sqlite_opens_whatever_store_the_settings_name_now(whole):
    assert open_release(*whole, "redis://127.0.0.1:1").rows.read(["nobody"]) == [None]


@pytest.mark.parametrize("damage", [cut_in_half, fill_with_zeros, flip_a_byte, Path.unlink])
@pytest.mark.parametrize("name", [INDEX, MANIFEST, REGISTRY, ONLINE_DB, ITEMS])
def test_a_damaged_file_is_refused_by_its_name(copy, name, damage):
    home, pointer = copy
    damage(home.releases / "r1" / name)
    with pytest.raises(ReleaseError, match=name):
        open_release(home, pointer, "sqlite")


def test_an_unknown_release_is_refused(whole):
    with pytest.raises(ReleaseError, match=r"r2/manifest.json does not exist"):
        open_release(whole[0], Pointer(release="r2", manifest_sha256="0"), "sqlite")


def test_a_renamed_release_is_refused(copy):
    home, pointer = copy
    (home.releases / "r1").rename(home.releases / "r2")
    renamed = Pointer(release="r2", manifest_sha256=pointer.manifest_sha256)
    with pytest.raises(ReleaseError, match="holds release r1, but CURRENT names r2"):
        open_release(home, renamed, "sqlite")


def test_rows_that_are_not_those_of_the_manifest_are_refused(copy):
    home, _ = copy
    with sqlite3.connect(home.releases / "r1" / ONLINE_DB) as connection:
        connection.execute("DELETE FROM nightshelf_r1_user_recommendations")
    with pytest.raises(ReleaseError, match="The row of user 'u1' in .*online.db is missing"):
        open_release(home, _sign_again(home, ONLINE_DB), "sqlite")


def test_another_file_in_place_of_the_registry_is_refused(copy):
    home, _ = copy
    (home.releases / "r1" / REGISTRY).write_bytes(b"")
    with pytest.raises(ReleaseError, match=r"registry.db holds views \[\], expected 'user_recommendations'"):
        open_release(home, _sign_again(home, REGISTRY), "sqlite")
    (home.releases / "r1" / REGISTRY).write_bytes(b"\xff" * 100)
    with pytest.raises(ReleaseError, match="registry.db is not a Feast registry"):
        open_release(home, _sign_again(home, REGISTRY), "sqlite")


def test_an_index_of_another_length_is_refused(copy):
    home, _ = copy
    (home.releases / "r1" / INDEX).write_bytes(b"\0" * 7)
    with pytest.raises(ReleaseError, match="items.ann does not load"):
        open_release(home, _sign_again(home, INDEX), "sqlite")
    (home.releases / "r1" / INDEX).write_bytes(b"")
    with pytest.raises(ReleaseError, match=r"items.ann (does not load|holds 0 items)"):
        open_release(home, _sign_again(home, INDEX), "sqlite")


def test_an_item_map_that_does_not_match_the_index_is_refused(copy):
    home, _ = copy
    path = home.releases / "r1" / ITEMS
    item_map = read_item_map(path)
    fields = {name: getattr(item_map, name) for name in ItemMap.__struct_fields__}
    write_item_map(path, ItemMap(**{**fields, "n_indexed": item_map.n_indexed - 1}))
    with pytest.raises(ReleaseError, match=r"item_ids.msgpack has 34 indexed items, expected 35"):
        open_release(home, _sign_again(home, ITEMS), "sqlite")


def test_a_dead_redis_is_named(copy):
    home, _ = copy
    folder = home.releases / "r1"
    manifest = read_json(folder / MANIFEST)
    manifest["online"]["store"] = "redis"
    write_json(folder / MANIFEST, manifest)
    pointer = Pointer(release="r1", manifest_sha256=sha256_of(folder / MANIFEST))
    with pytest.raises(ReleaseError, match="The online rows of r1 in Redis cannot be read"):
        open_release(home, pointer, "redis://127.0.0.1:1")


@pytest.mark.process
def test_a_release_s_connection_to_redis_ends_with_the_last_reference(tmp_path):
    with redis_server() as url, closing(redis.Redis.from_url(url)) as client:
        home = Home(tmp_path)
        pointer = write_release(home, "r1", url)
        gc.collect()  # what wrote the release
        before = len(client.client_list())
        opened = [open_release(home, pointer, url) for _ in range(5)]
        assert len(client.client_list()) == before + 5
        opened.clear()
        wait_until(lambda: len(client.client_list()) == before, "the connections are closed")
