"""Two releases side by side: metrics, lists, sizes, settings and times, from what each keeps in its folder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import duckdb

from jobs.contract.atomic_files import read_json
from jobs.contract.errors import ContractError
from jobs.contract.home import Home
from jobs.contract.release import ROWS, Manifest, read_manifest
from jobs.contract.stages import STAGES
from jobs.contract.tables import EVALUATION_USERS, ITEM_ID, ITEM_PROFILE, USER_ID, USER_RECOMMENDATIONS, Table
from jobs.releases.compare_rows import Counts, Overlap, Paired, count_keys, list_overlap, paired_ndcg
from jobs.releases.pins import check_known
from jobs.report.stages import flat_settings

Files = tuple[list[str], list[str]]
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class ReleaseComparison:
    """What two releases have in common and where they differ; each is None where it could not be read.

    Attributes:
        a: Manifest of the first.
        b: Manifest of the second.
        paired: NDCG on the users that both nights judged, by system; empty if there are none.
        users: How many have a list, came and went.
        items: How many there are, came and went.
        overlap: Of the users' lists.
        settings: (setting, value in A, value in B) where they differ; None where a release lacks it.
        seconds: (stage, seconds in A, seconds in B), stages with a report in either.
        missing: What could not be compared -> why, a sentence.
    """

    a: Manifest
    b: Manifest
    paired: list[Paired] | None
    users: Counts | None
    items: Counts | None
    overlap: Overlap | None
    settings: list[tuple[str, str | None, str | None]]
    seconds: list[tuple[str, float | None, float | None]]
    missing: dict[str, str]


def compare(home: Home, a: str, b: str) -> ReleaseComparison:
    """Return what differs from release ``a`` to release ``b``.

    Raises:
        ReleaseError: If a release is unknown or its manifest is damaged.
    """
    for release_id in (a, b):
        check_known(home, release_id)
    first, second = (read_manifest(home.releases / release_id) for release_id in (a, b))
    rows = _KeptRows(home, first, second, {})
    seed, resamples = second.settings["split"]["seed"], second.settings["evaluate"]["bootstrap"]
    return ReleaseComparison(
        a=first,
        b=second,
        paired=rows.read("paired", EVALUATION_USERS, lambda files: paired_ndcg(*files, seed, resamples)),
        users=rows.read("users", USER_RECOMMENDATIONS, lambda files: count_keys(*files, USER_ID)),
        items=rows.read("items", ITEM_PROFILE, lambda files: count_keys(*files, ITEM_ID)),
        overlap=rows.read("overlap", USER_RECOMMENDATIONS, lambda files: list_overlap(*files)),
        settings=_settings(first, second),
        seconds=_seconds(home, first, second),
        missing=rows.missing,
    )


@dataclass(frozen=True)
class _KeptRows:
    """The Parquet files of both releases; ``missing`` is filled with what could not be read."""

    home: Home
    a: Manifest
    b: Manifest
    missing: dict[str, str]

    def read(self, name: str, table: Table, reader: Callable[[Files], _Found]) -> _Found | None:
        files = []
        for manifest in (self.a, self.b):
            folder = self.home.releases / manifest.release_id
            kept = [folder / file for file in manifest.row_files if file.startswith(f"{ROWS}/{table.name}/")]
            if not kept or not all(file.is_file() for file in kept):
                self.missing[name] = f"Release {manifest.release_id} no longer holds its rows of {table.name}."
                return None
            files.append([str(file) for file in kept])
        try:
            return reader((files[0], files[1]))
        except duckdb.Error as error:
            self.missing[name] = f"Rows of {table.name} cannot be read: {str(error).splitlines()[0]}"
            return None


def _settings(a: Manifest, b: Manifest) -> list[tuple[str, str | None, str | None]]:
    own, other = flat_settings(a.settings), flat_settings(b.settings)
    names = [*own, *(name for name in other if name not in own)]
    return [(name, own.get(name), other.get(name)) for name in names if own.get(name) != other.get(name)]


def _seconds(home: Home, a: Manifest, b: Manifest) -> list[tuple[str, float | None, float | None]]:
    pairs = [(stage, _stage_seconds(home, a, stage), _stage_seconds(home, b, stage)) for stage in STAGES]
    return [pair for pair in pairs if pair[1:] != (None, None)]


def _stage_seconds(home: Home, manifest: Manifest, stage: str) -> float | None:
    """Return what the release's run took for a stage; a run's folder may be gone before its release."""
    try:
        report: dict[str, Any] = read_json(home.runs / manifest.run_id / f"{stage}.json")
    except (OSError, ContractError):
        return None
    return report.get("seconds")
