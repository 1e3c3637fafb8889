"""What is known of the release that serves, for the verdict on its successor."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import ROWS, check_files, read_manifest, read_pointer
from jobs.contract.tables import EVALUATION_USERS, USER_ID
from jobs.evaluation.lists import RANKED_SYSTEM

log = structlog.get_logger()


@dataclass(frozen=True)
class ServingRelease:
    """The serving release's size and its backtest.

    Attributes:
        release_id: Its id.
        users: Users with a list.
        items: Items in its item map.
        ndcg: User id -> NDCG in its own night's backtest; a bounded sample.
    """

    release_id: str
    users: int
    items: int
    ndcg: dict[str, float]


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
    except (ReleaseError, OSError, pa.ArrowException) as error:
        log.warning("judged without the serving release", why=str(error))
        return None
    ndcg = dict(zip(judged.column(USER_ID).to_pylist(), judged.column("ndcg").to_pylist(), strict=True))
    return ServingRelease(manifest.release_id, manifest.counts["users"], manifest.counts["items"], ndcg)
