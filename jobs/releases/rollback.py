"""Point CURRENT at an older release, and let announcements go on afterwards."""

from jobs.contract.atomic_files import read_json, sha256_of
from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.release import MANIFEST, Pointer, read_manifest, read_pointer, write_pointer
from jobs.contract.settings import Settings
from jobs.releases.collected_rows import check_online
from jobs.releases.pins import check_known
from jobs.releases.pointer_lock import changing_releases
from jobs.releases.release_ids import run_id_of


def rollback(settings: Settings, release_id: str) -> Pointer:
    """Serve ``release_id`` again and hold announcements until ``resume``; return the new CURRENT.

    A damaged CURRENT does not stop it: this is how it is mended.

    Raises:
        ReleaseError: If the release is unknown, damaged, already current, or has no online rows.
    """
    from jobs.releases.verify import verify  # Feast takes seconds to import: only when it is needed

    home = Home(settings.home)
    folder = home.releases / release_id
    with changing_releases(home, f"rollback {release_id}"):
        check_known(home, release_id)
        current = _readable_pointer(home)
        if current and current.release == release_id:
            raise ReleaseError(f"Release {release_id} is current already. Releases: nightshelf releases list")
        check_online(home, read_manifest(folder))
        verify(folder, settings.online_store, published_sha256(home, release_id))
        pointer = Pointer(
            release=release_id,
            manifest_sha256=sha256_of(folder / MANIFEST),
            previous=current.release if current else None,
            held=True,
        )
        write_pointer(home, pointer)
    return pointer


def resume(home: Home) -> Pointer:
    """Let the next night announce again; return CURRENT.

    Raises:
        ReleaseError: If nothing was announced yet, or CURRENT is damaged.
    """
    with changing_releases(home, "resume"):
        pointer = read_pointer(home)
        if pointer is None:
            raise ReleaseError("Nothing was announced yet, so nothing is held.")
        resumed = pointer.model_copy(update={"held": False})
        write_pointer(home, resumed)
    return resumed


def published_sha256(home: Home, release_id: str) -> str | None:
    """Return the manifest's hash as publish reported it, or None where that report is gone."""
    report = home.runs / run_id_of(release_id) / "publish.json"
    published = read_json(report) if report.exists() else {}
    return published["manifest_sha256"] if published.get("release") == release_id else None


def _readable_pointer(home: Home) -> Pointer | None:
    try:
        return read_pointer(home)
    except ReleaseError:
        return None
