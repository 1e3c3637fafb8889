import pytest

from jobs.contract.atomic_files import read_json, sha256_of, write_json
from jobs.contract.errors import ReleaseError
from jobs.contract.release import FALLBACK, INDEX, ITEMS, MANIFEST, ONLINE_DB, REGISTRY
from jobs.contract.release_files import read_item_map, write_item_map
from jobs.releases.verify import verify
from tests.releases import cut_in_half, fill_with_zeros, flip_a_byte


@pytest.fixture
def folder(nights):
    return nights[1].home.releases / nights[1].report("publish")["release"]


@pytest.fixture
def manifest_sha256(nights):
    return nights[1].report("publish")["manifest_sha256"]


def test_a_whole_release_passes(folder, manifest_sha256):
    manifest = verify(folder, "sqlite", manifest_sha256)
    assert manifest.counts == {"users": 5, "items": 7}


@pytest.mark.parametrize("damage", [cut_in_half, fill_with_zeros, flip_a_byte])
@pytest.mark.parametrize("name", [INDEX, MANIFEST, REGISTRY, ONLINE_DB, ITEMS, FALLBACK])
def test_a_damaged_file_is_named_before_it_is_opened(folder, manifest_sha256, name, damage):
    damage(folder / name)
    with pytest.raises(ReleaseError, match=f"{name} (has|is not the manifest that CURRENT names)"):
        verify(folder, "sqlite", manifest_sha256)


@pytest.mark.parametrize("damage", [cut_in_half, fill_with_zeros])
def test_a_damaged_manifest_is_refused_even_without_its_hash(folder, damage):
    damage(folder / MANIFEST)
    with pytest.raises(ReleaseError, match=r"manifest\.json is not a manifest of format 1"):
        verify(folder, "sqlite")


def test_a_missing_file_is_named(folder):
    (folder / INDEX).unlink()
    with pytest.raises(ReleaseError, match=r"items\.ann is missing from release"):
        verify(folder, "sqlite")


def test_a_release_under_another_name_is_refused(folder):
    other = folder.rename(folder.with_name("20260131_000099_ffff"))
    with pytest.raises(ReleaseError, match="it was copied or renamed"):
        verify(other, "sqlite")


def test_counts_that_differ_from_the_manifest_are_refused(folder):
    sign(folder, counts={"users": 5, "items": 8})
    with pytest.raises(ReleaseError, match=r"holds \(7, 6\) \(items, indexed items\), expected \(8, 6\)"):
        verify(folder, "sqlite")


def test_an_index_of_another_size_is_refused(folder):
    index = read_json(folder / MANIFEST)["index"]
    sign(folder, index={**index, "n_items": 5})
    with pytest.raises(ReleaseError, match=r"items\.ann holds 6 items, expected 5"):
        verify(folder, "sqlite")


def test_a_popular_item_that_nobody_knows_is_refused(folder):
    item_map = read_item_map(folder / ITEMS)
    renamed = ["other" if item_id == "1" else item_id for item_id in item_map.ids]
    write_item_map(folder / ITEMS, type(item_map)(item_map.n_indexed, renamed, *_lists(item_map)))
    files = read_json(folder / MANIFEST)["files"]
    entry = {"sha256": sha256_of(folder / ITEMS), "size_bytes": (folder / ITEMS).stat().st_size}
    sign(folder, files={**files, ITEMS: entry})
    with pytest.raises(ReleaseError, match=r"fallback\.json names 1 items"):
        verify(folder, "sqlite")


def test_a_row_that_is_not_what_was_ranked_is_refused(folder):
    online = read_json(folder / MANIFEST)["online"]
    sign(folder, online={**online, "sample": {**online["sample"], "u1": "0" * 64}})
    with pytest.raises(ReleaseError, match="1 of 5 sampled users have no list or another"):
        verify(folder, "sqlite")


def test_rows_in_redis_are_not_looked_for_in_sqlite(folder):
    online = read_json(folder / MANIFEST)["online"]
    sign(folder, online={**online, "store": "redis"})
    with pytest.raises(ReleaseError, match="has its online rows in Redis, but NIGHTSHELF_ONLINE_STORE is sqlite"):
        verify(folder, "sqlite")


def test_a_redis_that_does_not_answer_is_named(folder):
    online = read_json(folder / MANIFEST)["online"]
    sign(folder, online={**online, "store": "redis"})
    with pytest.raises(ReleaseError, match="The online store of release .* does not answer"):
        verify(folder, "redis://127.0.0.1:1")


def sign(folder, **changes):
    write_json(folder / MANIFEST, {**read_json(folder / MANIFEST), **changes})


def _lists(item_map):
    return item_map.titles, item_map.categories, item_map.available_from, item_map.available_until
