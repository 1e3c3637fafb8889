"""What is known of the release that serves, for the verdict on its successor."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import ROWS, check_files, read_manifest, read_pointer
from jobs.contract.tables import EVALUATION_GROUPS, EVALUATION_USERS, USER_ID
from jobs.evaluation.lists import RANKED_SYSTEM
from jobs.evaluation.user_groups import GAP

log = structlog.get_logger()


@dataclass(frozen=True)
class ServingRelease:
    """The serving release's size and its backtest.

    Attributes:
        release_id: Its id.
        users: Users with a list.
        items: Items in its item map.
        ndcg: User id -> NDCG in its own night's backtest; a bounded sample.
        metrics: Metric -> value of its lists in that backtest.
        gaps: Attribute -> gap of NDCG between its groups of users; empty for a release that did not record any.
    """

    release_id: str
    users: int
    items: int
    ndcg: dict[str, float]
    metrics: dict[str, float]
    gaps: dict[str, float]


def serving_release(home: Home, k: int) -> ServingRelease | None:
    """Return what CURRENT names, or None before the first release or where it cannot be read (which is logged).

    Args:
        home: Whose CURRENT.
        k: Cut-off of the NDCG wanted; a release that was measured at another is compared by its size alone.
    """
    try:
        pointer = read_pointer(home)
        if pointer is None:
            return None
        folder = home.releases / pointer.release
        manifest = read_manifest(folder, pointer.manifest_sha256)
        check_files(folder, manifest.release_id, manifest.row_files)
        judged = pq.read_table(
            folder / ROWS / EVALUATION_USERS.name, filters=[("system", "=", RANKED_SYSTEM), ("k", "=", k)]
        )
        gaps = _gaps(folder, f"ndcg@{k}")
    except (ReleaseError, OSError, pa.ArrowException) as error:
        log.warning("judged without the serving release", why=str(error))
        return None
    ndcg = dict(zip(judged.column(USER_ID).to_pylist(), judged.column("ndcg").to_pylist(), strict=True))
    counts, metrics = manifest.counts, manifest.metrics.get(RANKED_SYSTEM, {})
    return ServingRelease(manifest.release_id, counts["users"], counts["items"], ndcg, metrics, gaps)


def _gaps(folder: Path, metric: str) -> dict[str, float]:
    groups = folder / ROWS / EVALUATION_GROUPS.name
    if not groups.exists():  # made before groups were recorded
        return {}
    wanted = [("group", "=", GAP), ("system", "=", RANKED_SYSTEM), ("metric", "=", metric)]
    rows = pq.read_table(groups, filters=wanted)
    return dict(zip(rows.column("attribute").to_pylist(), rows.column("value").to_pylist(), strict=True))
