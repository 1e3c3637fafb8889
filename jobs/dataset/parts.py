"""Which files of a dataset folder hold a table, and in what format."""

import difflib
from pathlib import Path
from typing import cast

from jobs.contract.errors import DatasetError
from jobs.dataset.mapping import Format, TableMapping
from jobs.dataset.tables import Input

_SUFFIXES: dict[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
COMPRESSED = ".gz"


def find_parts(folder: Path, table: Input, mapping: TableMapping) -> tuple[Format, list[Path]] | None:
    """Return a table's format and its part files in name order, or None if the dataset comes without the table.

    A table is one file (``events.csv``) or a folder of part files (``events/``, ``events.parquet/``); names that begin
    with a dot or an underscore are no part files.

    Raises:
        DatasetError: If a required table is missing, or what was found is ambiguous, empty or of no known format.
    """
    place = folder / mapping.file if mapping.file else _find_place(folder, table)
    if place is None:
        if table.optional:
            return None
        raise DatasetError(_explain_missing(folder, table))
    if not place.exists():
        raise DatasetError(f"{place} does not exist. dataset.yaml names it as the file of {table.name}.")
    parts = _part_files(place) if place.is_dir() else [place]
    if not parts:
        raise DatasetError(f"{place} holds no part files: expected .parquet, .csv, .tsv or .jsonl files.")
    return mapping.format or _common_format(place, parts), parts


def _find_place(folder: Path, table: Input) -> Path | None:
    found = [path for path in sorted(folder.iterdir()) if _format_of(path) and _stem(path) == table.name]
    if not found and (folder / table.name).is_dir():
        found = [folder / table.name]
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DatasetError(
            f"{folder} holds {table.name} more than once: {names}. "
            f"Keep one, or name it in dataset.yaml: {table.name}: {{file: {found[0].name}}}."
        )
    return found[0] if found else None


def _part_files(place: Path) -> list[Path]:
    return sorted(
        path
        for path in place.rglob("*")
        if path.is_file() and not any(part.startswith((".", "_")) for part in path.relative_to(place).parts)
    )


def _common_format(place: Path, parts: list[Path]) -> Format:
    formats = {_format_of(part) for part in parts}
    if formats == {None}:  # Parts without suffixes in a folder named for its format, as some writers leave them.
        formats = {_format_of(place)}
    if len(formats) != 1 or None in formats:
        raise DatasetError(
            f"{place} is of no one known format: found {', '.join(sorted({part.name for part in parts})[:5])}; "
            "expected .parquet, .csv, .tsv or .jsonl. Name it in dataset.yaml (format: csv)."
        )
    return cast("Format", formats.pop())


def _format_of(path: Path) -> Format | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == COMPRESSED:
        suffixes.pop()
    return _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _stem(path: Path) -> str:
    return path.name.split(".", 1)[0]


def _explain_missing(folder: Path, table: Input) -> str:
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    near = difflib.get_close_matches(table.name, names, n=1, cutoff=0.4)
    hint = f"{table.name}: {{file: {near[0] if near else 'orders.csv'}}}"
    return (
        f"{folder} holds no {table.name}.parquet, {table.name}.csv or {table.name}.jsonl; "
        f"it holds {', '.join(names[:10]) or 'nothing'}. "
        f"Name the file in dataset.yaml: {hint}."
    )
