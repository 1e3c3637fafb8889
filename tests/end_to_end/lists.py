"""What a release gives its users, read as a server reads it."""

from pathlib import Path

import pyarrow.parquet as pq

from jobs.contract.home import Home
from jobs.contract.release import ROWS, read_pointer


def announced_lists(home: Home) -> dict[str, tuple[list[str], list[float]]]:
    """Return user id -> (item ids, scores) of the announced release."""
    pointer = read_pointer(home)
    assert pointer is not None
    return release_lists(home.releases / pointer.release)


def release_lists(folder: Path) -> dict[str, tuple[list[str], list[float]]]:
    """Return user id -> (item ids, scores) of one release."""
    rows = pq.read_table(folder / ROWS / "user_recommendations").to_pylist()
    return {row["user_id"]: (row["item_ids"], row["scores"]) for row in rows}
