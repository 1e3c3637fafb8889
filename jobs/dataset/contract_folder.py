"""Writing a dataset folder in the contract's layout."""

from pathlib import Path
from typing import Any

import yaml

from jobs.dataset.mapping import MAPPING_FILE, DatasetMapping


def write_mapping(folder: Path, mapping: dict[str, Any]) -> None:
    """Write the folder's dataset.yaml after checking that it can be read back.

    Raises:
        ValueError: If it is no valid mapping.
    """
    DatasetMapping.model_validate(mapping)
    (folder / MAPPING_FILE).write_text(yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True), encoding="utf-8")
