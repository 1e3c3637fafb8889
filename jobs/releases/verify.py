"""The checks before a release is trusted: hashes first, then what the files say, then rows read back through Feast."""

from pathlib import Path

from annoy import AnnoyIndex
from feast import FeatureStore, RepoConfig
from redis.exceptions import RedisError

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config, online_store_of
from jobs.contract.release import FALLBACK, INDEX, ITEMS, Manifest, ids_sha256, read_manifest, verify_files
from jobs.contract.release_files import read_fallback, read_item_map


def verify(folder: Path, online_store: str, manifest_sha256: str | None = None) -> Manifest:
    """Return the manifest of a release that is whole.

    Args:
        folder: The release's folder.
        online_store: ``settings.online_store``.
        manifest_sha256: What the manifest's own hash must be, where that is known.

    Raises:
        ReleaseError: Naming the first file, count or row that is not what the manifest says.
    """
    manifest = read_manifest(folder, manifest_sha256)
    if manifest.release_id != folder.name:
        raise ReleaseError(f"{folder} holds the manifest of release {manifest.release_id}: it was copied or renamed.")
    verify_files(folder, manifest)
    _verify_index(folder, manifest)
    _verify_items(folder, manifest)
    verify_rows(folder, manifest, online_store)
    return manifest


def verify_rows(folder: Path, manifest: Manifest, online_store: str) -> None:
    """Read the manifest's sample of users through Feast and compare each list with what was ranked.

    Raises:
        ReleaseError: If a list is missing or another.
    """
    config = RepoConfig(**feast_config(folder, online_store_of(manifest, online_store)))
    users = list(manifest.online.sample)
    try:
        found = FeatureStore(config=config).get_online_features(
            features=["user_recommendations:item_ids"], entity_rows=[{"user_id": user_id} for user_id in users]
        )
    except RedisError as error:
        raise ReleaseError(f"The online store of release {manifest.release_id} does not answer ({error}).") from None
    lists = dict(zip(users, found.to_dict()["item_ids"], strict=True))
    wrong = [
        user_id for user_id, expected in manifest.online.sample.items() if ids_sha256(lists[user_id] or []) != expected
    ]
    if wrong:
        raise ReleaseError(
            f"Release {manifest.release_id}: {len(wrong)} of {len(users)} sampled users have no list or another in "
            f"the online store than was ranked. Run: nightshelf releases materialise {manifest.release_id}"
        )


def _verify_index(folder: Path, manifest: Manifest) -> None:
    index = AnnoyIndex(manifest.index.dim, manifest.index.metric)
    index.load(str(folder / INDEX))
    if index.get_n_items() != manifest.index.n_items:
        raise ReleaseError(
            f"{folder / INDEX} holds {index.get_n_items():,} items, expected {manifest.index.n_items:,}."
        )


def _verify_items(folder: Path, manifest: Manifest) -> None:
    item_map = read_item_map(folder / ITEMS)
    found = (len(item_map.ids), item_map.n_indexed)
    expected = (manifest.counts["items"], manifest.index.n_items)
    if found != expected:
        raise ReleaseError(f"{folder / ITEMS} holds {found} (items, indexed items), expected {expected}.")
    unknown = set(read_fallback(folder / FALLBACK).ids) - set(item_map.ids)
    if unknown:
        raise ReleaseError(f"{folder / FALLBACK} names {len(unknown)} items that {ITEMS} does not know.")
