"""A dataset as users name it, to its folder."""

import difflib
from pathlib import Path

from jobs.contract.errors import DatasetError
from jobs.dataset.builtin import BUILT_INS
from jobs.dataset.fetch import fetch


def resolve(dataset: str) -> Path:
    """Return the folder of a built-in dataset, fetched if need be, or of a dataset folder; a built-in's name wins.

    Raises:
        DatasetError: If it is neither, listing the built-in ones.
    """
    if dataset in BUILT_INS:
        return fetch(dataset)
    folder = Path(dataset).expanduser()
    if folder.is_dir():
        return folder.absolute()
    near = difflib.get_close_matches(dataset, BUILT_INS, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise DatasetError(
        f"{dataset!r} is neither a folder nor a built-in dataset; built in are {', '.join(BUILT_INS)}.{hint}"
    )
