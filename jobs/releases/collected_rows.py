"""Which releases have not all their online rows in Redis, and how long putting rows back took.

It lies beside the releases, since a release itself never changes. Rows are moved under the rows lock, outside the
pointer lock; what is known of them changes under the pointer lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import Manifest

ROWS_LOCK = "online_rows"
_FILE = "online_rows.json"


@dataclass(frozen=True)
class RowState:
    """What is known of releases' rows.

    Attributes:
        going: Ids some of whose rows may be in Redis: they are being removed or put back, or a crash cut that short.
        collected: Ids without a row in Redis.
        seconds: Id -> of its last materialisation.
    """

    going: frozenset[str]
    collected: frozenset[str]
    seconds: dict[str, float]

    @property
    def offline(self) -> frozenset[str]:
        """Ids that cannot be served before they are materialised."""
        return self.going | self.collected


def row_state(home: Home) -> RowState:
    """Return what is known; every release has its rows where there is no file."""
    path = home.releases / _FILE
    values = read_json(path) if path.exists() else {}
    return RowState(
        frozenset(values.get("going", [])), frozenset(values.get("collected", [])), values.get("seconds", {})
    )


def mark_going(home: Home, release_ids: set[str]) -> None:
    """Record that rows are being removed, or put back; called before the first one, so that a crash leaves it said."""
    state = row_state(home)
    _write(home, RowState(state.going | release_ids, state.collected - release_ids, state.seconds))


def mark_collected(home: Home, release_ids: set[str]) -> None:
    """Record that the last row has gone."""
    state = row_state(home)
    _write(home, RowState(state.going - release_ids, state.collected | release_ids, state.seconds))


def mark_online(home: Home, release_id: str, seconds: float) -> None:
    """Record that a release's rows are back, and how long that took."""
    state = row_state(home)
    seconds_by_id = {**state.seconds, release_id: round(seconds, 1)}
    _write(home, RowState(state.going - {release_id}, state.collected - {release_id}, seconds_by_id))


def forget_all_but(home: Home, release_ids: Iterable[str]) -> None:
    """Drop what is known of removed releases, but for rows that still have to go."""
    state, known = row_state(home), set(release_ids)
    seconds = {name: value for name, value in state.seconds.items() if name in known}
    if state.collected - known or seconds != state.seconds:
        _write(home, RowState(state.going, state.collected & known, seconds))


def has_rows(state: RowState, manifest: Manifest) -> bool:
    """Return whether a release has all its online rows; in SQLite they lie in its own folder."""
    return manifest.online.store == "sqlite" or manifest.release_id not in state.offline


def check_online(home: Home, manifest: Manifest) -> None:
    """Refuse a release that has not all its online rows.

    Raises:
        ReleaseError: With what puts them back, and how long that takes.
    """
    if not has_rows(row_state(home), manifest):
        seconds = last_seconds(home, manifest)
        took = f"about {seconds:.0f} s, as last time" if seconds is not None else "an unknown time"
        raise ReleaseError(
            f"The online rows of release {manifest.release_id} were collected. Put them back first, which takes "
            f"{took}: nightshelf releases materialise {manifest.release_id}"
        )


def last_seconds(home: Home, manifest: Manifest) -> float | None:
    """Return how long writing a release's online rows took last time, or None where no report is left."""
    known = row_state(home).seconds.get(manifest.release_id)
    report = home.runs / manifest.run_id / "publish.json"
    if known is None and report.exists():
        known = read_json(report)["part_seconds"]["online_rows"]
    return known


def _write(home: Home, state: RowState) -> None:
    values = {"going": sorted(state.going), "collected": sorted(state.collected), "seconds": state.seconds}
    write_json(home.releases / _FILE, values)
