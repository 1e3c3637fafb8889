"""What releases there are, and what one of them holds."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config, online_store_of
from jobs.contract.home import Home
from jobs.contract.release import Manifest, read_manifest, read_pointer
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import RowState, has_rows, row_state
from jobs.releases.pins import check_known, pinned
from jobs.releases.release_ids import is_finished, order, release_ids


@dataclass(frozen=True)
class ReleaseRow:
    """One line of ``releases list``.

    Attributes:
        release_id: Its id.
        run_date: The night it is of.
        state: current, previous, challenger, unfinished, damaged, or empty.
        pinned: Whether it is kept whatever comes.
        online: Whether all its online rows are there.
        created_at: When it was written; None where the manifest cannot be read, as the four below.
        n_users: Users with a list.
        n_items: Items.
        verdict: Whether the gate said publish.
        size_bytes: Of its folder; rows in Redis come on top.
    """

    release_id: str
    run_date: str
    state: str
    pinned: bool
    online: bool
    created_at: datetime | None
    n_users: int | None
    n_items: int | None
    verdict: bool | None
    size_bytes: int


def list_releases(home: Home) -> list[ReleaseRow]:
    """Return every release, newest first.

    Raises:
        ReleaseError: If CURRENT is damaged.
    """
    pins, state, roles = pinned(home), row_state(home), _roles(home)
    return [
        _row(home.releases / release_id, roles.get(release_id, ""), release_id in pins, state)
        for release_id in reversed(release_ids(home))
    ]


def show(home: Home, release_id: str) -> dict[str, Any]:
    """Return a release's manifest and state as JSON values.

    Raises:
        ReleaseError: If it is unknown, or its manifest is damaged.
    """
    check_known(home, release_id)
    manifest = read_manifest(home.releases / release_id)
    return {
        **manifest.model_dump(mode="json"),
        "state": _roles(home).get(release_id, ""),
        "pinned": release_id in pinned(home),
        "rows_online": has_rows(row_state(home), manifest),
        "size_bytes": _size_bytes(home.releases / release_id),
    }


def feast_config_text(settings: Settings, release_id: str | None = None) -> str:
    """Return a feature_store.yaml that reads one release, by default the announced one: what is served.

    Raises:
        ReleaseError: If nothing was announced, or the release is unknown.
    """
    home = Home(settings.home)
    if release_id is None:
        pointer = read_pointer(home)
        if pointer is None:
            raise ReleaseError("Nothing was announced yet. Run a night first: nightshelf run")
        release_id = pointer.release
    check_known(home, release_id)
    folder = home.releases / release_id
    store = online_store_of(read_manifest(folder), settings.online_store)
    return yaml.safe_dump(feast_config(folder, store), sort_keys=False)


def _roles(home: Home) -> dict[str, str]:
    pointer = read_pointer(home)
    if pointer is None:
        return {}
    named = {pointer.challenger: "challenger", pointer.previous: "previous", pointer.release: "current"}
    return {release_id: role for release_id, role in named.items() if release_id}


def _row(folder: Path, role: str, is_pinned: bool, state: RowState) -> ReleaseRow:
    day = order(folder.name)[0]
    manifest, fault = _manifest_or_fault(folder)
    return ReleaseRow(
        release_id=folder.name,
        run_date=f"{day[:4]}-{day[4:6]}-{day[6:]}",
        state=fault or role,
        pinned=is_pinned,
        online=manifest is not None and has_rows(state, manifest),
        created_at=manifest.created_at if manifest else None,
        n_users=manifest.counts["users"] if manifest else None,
        n_items=manifest.counts["items"] if manifest else None,
        verdict=manifest.verdict.publish if manifest else None,
        size_bytes=_size_bytes(folder),
    )


def _manifest_or_fault(folder: Path) -> tuple[Manifest | None, str]:
    if not is_finished(folder):
        return None, "unfinished"
    try:
        return read_manifest(folder), ""
    except ReleaseError:
        return None, "damaged"


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
