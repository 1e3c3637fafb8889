"""Release ids: date, fencing token and eight random hex digits, so that their order is the order of announcing."""

import re
import secrets
from pathlib import Path

from jobs.contract.home import Home
from jobs.contract.release import MANIFEST
from jobs.contract.run import Run

# Releases of earlier versions have four hex digits.
_ID = re.compile(r"(\d{8})_(\d{6,})_[0-9a-f]{4,8}")


def new_release_id(run: Run) -> str:
    """Return an id for one attempt at publishing: each attempt is a Feast project of its own.

    Redis silently drops a second write with the same event timestamp, so an attempt never writes where another did.
    """
    return f"{run.run_date:%Y%m%d}_{run.token:06d}_{secrets.token_hex(4)}"


def order(release_id: str) -> tuple[str, int]:
    """Return (date, token): of two releases the greater may replace the lesser."""
    date, token = _ID.fullmatch(release_id).groups()  # type: ignore[union-attr]
    return date, int(token)


def release_ids(home: Home) -> list[str]:
    """Return the ids of all release folders, finished or not, oldest first; other folders are not ours."""
    found = [path.name for path in home.releases.glob("*") if path.is_dir() and _ID.fullmatch(path.name)]
    return sorted(found, key=lambda release_id: (order(release_id), release_id))


def is_finished(folder: Path) -> bool:
    """Return whether the attempt came to its manifest, which is written last."""
    return (folder / MANIFEST).is_file()


def run_id_of(release_id: str) -> str:
    """Return the id of the run that wrote a release."""
    return release_id.rpartition("_")[0]
