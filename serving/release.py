"""A release opened for reading: everything verified first, then loaded, then asked for rows that are known."""

from dataclasses import dataclass
from pathlib import Path

from annoy import AnnoyIndex

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import online_store_of
from jobs.contract.home import Home
from jobs.contract.release import (
    FALLBACK,
    INDEX,
    ITEMS,
    ONLINE_DB,
    Manifest,
    Pointer,
    ids_sha256,
    read_manifest,
    verify_files,
)
from jobs.contract.release_files import Fallback, ItemMap, read_fallback, read_item_map
from serving.catalogue import Catalogue
from serving.online_rows import OnlineRows, StoreError, open_rows


@dataclass(frozen=True)
class Release:
    """Things that only make sense together; a request takes one reference and never mixes two.

    Nothing closes a release: its index is unmapped and its connection closed when the last request lets go of it.
    """

    manifest: Manifest
    catalogue: Catalogue
    fallback: Fallback
    index: AnnoyIndex
    rows: OnlineRows

    @property
    def release_id(self) -> str:
        """Name of the release."""
        return self.manifest.release_id


def open_release(home: Home, pointer: Pointer, online_store: str) -> Release:
    """Return the release that ``pointer`` names, ready to answer.

    Raises:
        ReleaseError: If anything of it is missing or damaged, naming the file.
    """
    folder = home.releases / pointer.release
    manifest = read_manifest(folder, pointer.manifest_sha256)
    if manifest.release_id != pointer.release:
        raise ReleaseError(f"{folder} holds release {manifest.release_id}, but CURRENT names {pointer.release}.")
    verify_files(folder, manifest)
    item_map = read_item_map(folder / ITEMS)
    rows = open_rows(folder, online_store_of(manifest, online_store))
    _check_sample(folder, manifest, rows)
    return Release(
        manifest=manifest,
        catalogue=Catalogue(item_map, manifest.as_of, manifest.created_at),
        fallback=read_fallback(folder / FALLBACK),
        index=_open_index(folder, manifest, item_map),
        rows=rows,
    )


def _open_index(folder: Path, manifest: Manifest, item_map: ItemMap) -> AnnoyIndex:
    expected = manifest.index.n_items
    if item_map.n_indexed != expected:
        raise ReleaseError(f"{folder / ITEMS} has {item_map.n_indexed:,} indexed items, expected {expected:,}.")
    index = AnnoyIndex(manifest.index.dim, manifest.index.metric)
    try:
        index.load(str(folder / INDEX))
    except OSError as error:
        raise ReleaseError(f"{folder / INDEX} does not load: {error}.") from None
    if index.get_n_items() != expected:
        raise ReleaseError(f"{folder / INDEX} holds {index.get_n_items():,} items, expected {expected:,}.")
    return index


def _check_sample(folder: Path, manifest: Manifest, rows: OnlineRows) -> None:
    where = folder / ONLINE_DB if manifest.online.store == "sqlite" else "Redis"
    sample = manifest.online.sample
    try:
        # Even without a sample the store is asked once: that opens it while its file is known to be there.
        found = rows.read(list(sample) or [""])
    except StoreError as error:
        raise ReleaseError(f"The online rows of {manifest.release_id} in {where} cannot be read: {error}.") from None
    for (user_id, expected), row in zip(sample.items(), found, strict=False):
        if row is None or ids_sha256(row.item_ids) != expected:
            fault = "is missing" if row is None else "differs"
            raise ReleaseError(
                f"The row of user {user_id!r} in {where} {fault}: these are not the online rows of release "
                f"{manifest.release_id}. Write them again: nightshelf releases materialise {manifest.release_id}."
            )
