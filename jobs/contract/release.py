"""A release on disk: its manifest, the CURRENT pointer, and the checks made before anything of it is opened."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from jobs.contract.atomic_files import read_json, sha256_of, write_json
from jobs.contract.errors import ContractError, ReleaseError
from jobs.contract.home import Home

FORMAT = 1
MANIFEST = "manifest.json"
REGISTRY = "registry.db"
INDEX = "items.ann"
ITEMS = "item_ids.msgpack"
FALLBACK = "fallback.json"
ONLINE_DB = "online.db"
REPORT = "report"
ROWS = "rows"
_ID = re.compile(r"[0-9a-z_]+")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FileEntry(_Frozen):
    """What a file of a release must be."""

    sha256: str
    size_bytes: int


class IndexEntry(_Frozen):
    """The Annoy index and how to ask it."""

    vectors: Literal["text", "als"]
    """Text embeddings, or ALS item factors where the dataset has no texts."""
    metric: Literal["angular"]
    dim: int
    n_items: int
    n_trees: int
    search_k: int
    recall: float
    """Recall@10 against exact search at ``search_k``, measured when the index was built."""


class OnlineEntry(_Frozen):
    """The online rows."""

    store: Literal["sqlite", "redis"]
    project: str
    """The release's own Feast project."""
    rows: dict[str, int]
    """Rows by feature view."""
    sample: dict[str, str]
    """user_id -> ``ids_sha256`` of the row's item ids, read back before the release is trusted."""


class VerdictEntry(_Frozen):
    """What the gate said."""

    publish: bool
    reasons: list[str]
    """Why not, or with what; never empty."""


class Manifest(_Frozen):
    """Everything that makes a release one thing."""

    format: Literal[1]
    release_id: str
    run_id: str
    run_date: str
    token: int
    as_of: datetime
    created_at: datetime
    code_version: str
    files: dict[str, FileEntry]
    """What serving reads, by path inside the release."""
    row_files: dict[str, FileEntry]
    """Copies of the online rows (Parquet), for materialising them again, and the night's metric a user, for the verdict
    on the next release. Serving never reads them."""
    counts: dict[str, int]
    """users, items."""
    embedding: dict[str, Any]
    """model, revision, dim of the language model; empty without texts."""
    index: IndexEntry
    online: OnlineEntry
    sources: list[str]
    """Candidate sources in bit order of the rows' ``sources``."""
    verb: str
    """For reasons: what this dataset's users do with items."""
    metrics: dict[str, dict[str, float]]
    """System -> metric -> value, of the night's backtest."""
    verdict: VerdictEntry
    settings: dict[str, Any]


class Pointer(_Frozen):
    """CURRENT: which release is served, and what a rollback did to that."""

    release: str
    manifest_sha256: str
    previous: str | None = None
    held: bool = False
    """After a rollback: announcements wait for ``releases resume``."""
    challenger: str | None = None
    share: float | None = None
    """Share of users who get the challenger."""


def check_release_id(release_id: str) -> str:
    """Return the id if it may name a folder and a Feast project.

    Raises:
        ReleaseError: If it holds anything but digits, lower-case letters and underscores.
    """
    if not _ID.fullmatch(release_id):
        raise ReleaseError(
            f"Release id {release_id!r} is not valid: expected digits, lower-case letters and underscores."
        )
    return release_id


def feast_project(release_id: str) -> str:
    """Return the Feast project that holds this release's online rows."""
    return f"nightshelf_{check_release_id(release_id)}"


def read_pointer(home: Home) -> Pointer | None:
    """Return CURRENT, or None if nothing was ever announced.

    Raises:
        ReleaseError: If it is damaged.
    """
    if not home.current.exists():
        return None
    try:
        return Pointer.model_validate(read_json(home.current))
    except (ValidationError, ContractError) as error:
        raise ReleaseError(
            f"CURRENT is damaged ({_first_line(error)}). Point it again: nightshelf releases rollback ID."
        ) from None


def write_pointer(home: Home, pointer: Pointer) -> None:
    """Flip CURRENT, atomically and durably."""
    write_json(home.current, pointer.model_dump(mode="json"))


def read_manifest(folder: Path, expected_sha256: str | None = None) -> Manifest:
    """Return a release's manifest.

    Args:
        folder: The release's folder.
        expected_sha256: From the pointer; None skips that check.

    Raises:
        ReleaseError: If it is missing, damaged or of another format.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ReleaseError(f"{path} does not exist: the release was never finished, or was collected.")
    if expected_sha256 and sha256_of(path) != expected_sha256:
        raise ReleaseError(
            f"{path} is not the manifest that CURRENT names (sha256 differs): it was changed after announcing."
        )
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ReleaseError(f"{path} is not a manifest of format {FORMAT}: {_first_line(error)}.") from None


def ids_sha256(item_ids: Sequence[str]) -> str:
    """Return the SHA-256 of a list of ids in its order, as 64 hex digits."""
    return hashlib.sha256(json.dumps(list(item_ids)).encode()).hexdigest()


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check every file that serving reads; nothing is opened before this has passed.

    Raises:
        ReleaseError: Naming the first file that is missing or differs.
    """
    check_files(folder, manifest.release_id, manifest.files)


def check_files(folder: Path, release_id: str, files: dict[str, FileEntry]) -> None:
    """Check each file's size and SHA-256.

    Raises:
        ReleaseError: Naming the first file that is missing or differs.
    """
    for name, entry in files.items():
        path = folder / name
        if not path.is_file():
            raise ReleaseError(f"{path} is missing from release {release_id}.")
        size_bytes = path.stat().st_size
        if size_bytes != entry.size_bytes:
            raise ReleaseError(f"{path} has {size_bytes:,} bytes, expected {entry.size_bytes:,}.")
        if sha256_of(path) != entry.sha256:
            raise ReleaseError(f"{path} has another sha256 than the manifest says: its content was changed.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
