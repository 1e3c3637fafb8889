"""Small files written whole or not at all, their hashes, and locks between processes."""

import contextlib
import fcntl
import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from jobs.contract.errors import ContractError, LockedError

MOMENT_SECONDS = 30.0
"""Long enough to wait for what others hold for milliseconds."""
_CHUNK_BYTES = 1 << 20
_POLL_SECONDS = 0.02


def write_atomically(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replace ``path`` by ``data``: after a crash it holds the old bytes or the new ones, never a mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with partial.open("wb") as file:
            if private:
                partial.chmod(0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the renames and new names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: Any, *, private: bool = False) -> None:  # noqa: ANN401 - any JSON value
    """Write ``value`` as indented JSON, atomically, keys in their own order; ``private`` = for its owner alone."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"
    write_atomically(path, text.encode(), private=private)


def read_json(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value in ``path``.

    Raises:
        ContractError: If the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ContractError(f"{path} does not exist.") from None
    except ValueError as error:
        raise ContractError(f"{path} is not valid JSON ({error}): it was cut or overwritten.") from None


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 as 64 hex digits, read in chunks of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextlib.contextmanager
def lock(path: Path, holder: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` for the block; the kernel frees it when the process dies, however it dies.

    Args:
        path: The lock file, made when absent and left in place.
        holder: Who holds it, told to whoever is refused.
        wait_seconds: How long to wait for another holder.

    Raises:
        LockedError: If another process still holds it then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as file:
        while not _taken(file):
            if time.monotonic() >= deadline:
                file.seek(0)
                held_by = file.read().strip() or "another process"
                raise LockedError(f"{path.name} is held by {held_by}. Wait for it, or stop it, then rerun.")
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(f"{holder} (process {os.getpid()})")
        file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
