"""Put a release's online rows back from the copy that the release keeps."""

import time
from datetime import UTC, datetime

from jobs import spark_io
from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config, online_store_of
from jobs.contract.home import Home
from jobs.contract.release import check_files, read_manifest, verify_files
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import ROWS_LOCK, mark_going, mark_online, row_state
from jobs.releases.online_rows import Target
from jobs.releases.pins import check_known
from jobs.releases.pointer_lock import changing_releases, waiting_lock
from jobs.releases.rollback import published_sha256
from jobs.releases.rows import write_online_rows
from jobs.releases.verify import verify_rows

_WAIT_SECONDS = 600.0  # a collection under way ends within minutes


def materialise(settings: Settings, release_id: str) -> float:
    """Write a release's rows to Redis again and return the seconds it took.

    Rows carry the present as their event time, so that they replace whatever is left of the old ones.

    Nothing is collected meanwhile. Rows that a crash left half written are served to nobody; the next collection
    takes them.

    Raises:
        ReleaseError: If the release is unknown or damaged, or keeps its rows in its own SQLite file.
        LockedError: If rows are still being collected or materialised after ten minutes.
    """
    home = Home(settings.home)
    check_known(home, release_id)
    folder = home.releases / release_id
    manifest = read_manifest(folder, published_sha256(home, release_id))
    if manifest.online.store == "sqlite":
        raise ReleaseError(f"Release {release_id} keeps its online rows in its own folder: there is nothing to do.")
    verify_files(folder, manifest)
    check_files(folder, release_id, manifest.row_files)
    store = online_store_of(manifest, settings.online_store)
    with waiting_lock(home, ROWS_LOCK, f"materialise {release_id}", _WAIT_SECONDS):
        check_known(home, release_id)  # it may have been collected while this waited
        started = time.monotonic()
        with changing_releases(home, f"materialise {release_id}"):
            if release_id in row_state(home).collected:
                mark_going(home, {release_id})
        target = Target(feast_config(folder, store), home.root, datetime.now(UTC), settings.publish.batch_rows)
        spark = spark_io.session(settings, f"nightshelf materialise {release_id}")
        write_online_rows(spark, folder, target, store, manifest.online.rows)
        verify_rows(folder, manifest, store)
        seconds = time.monotonic() - started
        with changing_releases(home, f"materialise {release_id}"):
            mark_online(home, release_id, seconds)
    return seconds
