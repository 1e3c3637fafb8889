"""Which releases had their online rows taken out of Redis, and how long putting rows back took.

It lies beside the releases, since a release itself never changes.
"""

from dataclasses import dataclass

from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.home import Home
from jobs.contract.release import Manifest

_FILE = "online_rows.json"


@dataclass(frozen=True)
class RowState:
    """Attributes: collected (ids without online rows), seconds (id -> of its last materialisation)."""

    collected: frozenset[str]
    seconds: dict[str, float]


def row_state(home: Home) -> RowState:
    """Return what is known; nothing was collected where there is no file."""
    path = home.releases / _FILE
    values = read_json(path) if path.exists() else {"collected": [], "seconds": {}}
    return RowState(frozenset(values["collected"]), values["seconds"])


def mark_collected(home: Home, release_ids: set[str]) -> None:
    """Record that rows are going; called before the first one goes, so that a crash leaves them marked."""
    state = row_state(home)
    _write(home, RowState(state.collected | release_ids, state.seconds))


def mark_online(home: Home, release_id: str, seconds: float) -> None:
    """Record that a release's rows are back, and how long that took."""
    state = row_state(home)
    _write(home, RowState(state.collected - {release_id}, {**state.seconds, release_id: round(seconds, 1)}))


def forget(home: Home, release_ids: set[str]) -> None:
    """Drop what is known of removed releases."""
    state = row_state(home)
    seconds = {name: value for name, value in state.seconds.items() if name not in release_ids}
    if state.collected & release_ids or seconds != state.seconds:
        _write(home, RowState(state.collected - release_ids, seconds))


def last_seconds(home: Home, manifest: Manifest) -> float | None:
    """Return how long writing a release's online rows took last time, or None where no report is left."""
    known = row_state(home).seconds.get(manifest.release_id)
    report = home.runs / manifest.run_id / "publish.json"
    if known is None and report.exists():
        known = read_json(report)["part_seconds"]["online_rows"]
    return known


def _write(home: Home, state: RowState) -> None:
    write_json(home.releases / _FILE, {"collected": sorted(state.collected), "seconds": state.seconds})
