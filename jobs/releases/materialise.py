"""Put a release's online rows back from the copy that the release keeps."""

import time
from datetime import UTC, datetime

from jobs import spark_io
from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config, online_store_of
from jobs.contract.home import Home
from jobs.contract.release import check_files, read_manifest, verify_files
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import mark_online
from jobs.releases.online_rows import Target
from jobs.releases.pins import check_known
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.rollback import published_sha256
from jobs.releases.rows import write_online_rows
from jobs.releases.verify import verify_rows


def materialise(settings: Settings, release_id: str) -> float:
    """Write a release's rows to Redis again and return the seconds it took.

    Rows carry the present as their event time, so that they replace whatever is left of the old ones.

    Raises:
        ReleaseError: If the release is unknown or damaged, or keeps its rows in its own SQLite file.
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
    started = time.monotonic()
    target = Target(feast_config(folder, store), home.root, datetime.now(UTC), settings.publish.batch_rows)
    spark = spark_io.session(settings, f"nightshelf materialise {release_id}")
    write_online_rows(spark, folder, target, store, manifest.online.rows)
    verify_rows(folder, manifest, store)
    seconds = time.monotonic() - started
    with changing_releases(home, f"materialise {release_id}"):
        mark_online(home, release_id, seconds)
    return seconds
