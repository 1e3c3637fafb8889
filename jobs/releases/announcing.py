"""Move CURRENT to a run's release, if the verdict, the order of runs and a held pointer allow it."""

from typing import Any

import structlog

from jobs.contract.errors import LockedError, ReleaseError
from jobs.contract.release import Pointer, read_manifest, read_pointer, write_pointer
from jobs.contract.run import Run
from jobs.releases.collect import collect
from jobs.releases.collected_rows import check_online
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.release_ids import order
from jobs.releases.verify import verify

HELD = "A rollback holds announcements until 'nightshelf releases resume'."
log = structlog.get_logger()


def announce(run: Run) -> dict[str, Any]:
    """Announce the run's release or say why not, then collect garbage.

    Returns:
        ``{"announced", "release", "why", "forced", "previous", "collected"}``; ``why`` is None when announced.

    Raises:
        ReleaseError: If the release is damaged or lost its online rows, or CURRENT is damaged; the pointer stays then.
        ContractError: If publish has not finished in this run.
    """
    published = run.report("publish")
    release_id = published["release"]
    with changing_releases(run.home, f"run {run.run_id}"):
        pointer = read_pointer(run.home)
        why = why_not(run, release_id, pointer)
        if why is None:
            _flip(run, release_id, published["manifest_sha256"], pointer)
        else:
            log.warning("release not announced", release=release_id, why=why)
    # Outside the lock: a rollback never waits for Redis to be searched.
    collected = _collect(run)
    return {
        "announced": why is None,
        "release": release_id,
        "why": why,
        "forced": run.force if why is None else None,
        "previous": pointer.release if pointer else None,
        "collected": collected,
    }


def why_not(run: Run, release_id: str, pointer: Pointer | None) -> str | None:
    """Return why the run's release is not announced, or None if it may be.

    Args:
        run: The run; its ``force`` overrides the verdict, but neither a held pointer nor the order of runs.
        release_id: What it published.
        pointer: CURRENT, or None if nothing was ever announced.
    """
    verdict = run.report("evaluate")["verdict"]
    if not run.announce:
        return "The run was opened to compute only, as a backfill is."
    if not verdict["publish"] and not run.force:
        return f"The verdict is against it: {' '.join(verdict['reasons'])}"
    if pointer is None:
        return None
    if pointer.held:
        return HELD
    if order(release_id) < order(pointer.release):
        return f"Release {pointer.release} is announced, which is of a newer run: an older one never replaces it."
    return None


def _flip(run: Run, release_id: str, manifest_sha256: str, pointer: Pointer | None) -> None:
    if pointer and pointer.release == release_id:
        log.info("release was announced before", release=release_id)
        return
    run.check_not_superseded()
    folder = run.home.releases / release_id
    check_online(run.home, read_manifest(folder, manifest_sha256))
    verify(folder, run.settings.online_store, manifest_sha256)
    previous = pointer.release if pointer else None
    write_pointer(run.home, Pointer(release=release_id, manifest_sha256=manifest_sha256, previous=previous))
    log.info("release announced", release=release_id, previous=previous, forced=run.force)


def _collect(run: Run) -> list[str]:
    # The announcement stands whether or not the garbage could be taken out.
    try:
        return list(collect(run.settings).releases)
    except (ReleaseError, LockedError) as error:
        log.warning("garbage stays", error=str(error))
        return []
