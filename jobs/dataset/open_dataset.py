"""A dataset folder, opened: which tables it holds, where their columns come from, and what was decided for them."""

import difflib
from dataclasses import dataclass, field, replace
from pathlib import Path

from jobs.contract.errors import DatasetError
from jobs.dataset.mapping import DatasetMapping, TableMapping, TimeUnit, read_mapping
from jobs.dataset.part_rows import part_columns
from jobs.dataset.parts import find_parts
from jobs.dataset.source import Source
from jobs.dataset.tables import ATTRIBUTES, INPUTS, Input
from jobs.dataset.time_sample import sample_times
from jobs.dataset.time_unit import detect_unit

TIME_COLUMNS = ("timestamp", "available_from", "available_until")


@dataclass(frozen=True)
class Dataset:
    """What a folder holds.

    Attributes:
        folder: Where.
        mapping: Its dataset.yaml.
        sources: Table name -> how to read it; tables that the dataset comes without are absent.
        notes: What was decided without being told, for the report.
    """

    folder: Path
    mapping: DatasetMapping
    sources: dict[str, Source]
    notes: list[str] = field(default_factory=list)


def open_dataset(folder: Path) -> Dataset:
    """Return the dataset in ``folder``; headers, schemas, and rows until the times' unit is known, are read.

    Raises:
        DatasetError: If a table, a required column or a mapped column is missing, or a file cannot be read.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder. A dataset is a folder with events.* and, if there are, items.*.")
    mapping = read_mapping(folder)
    sources = {table.name: source for table in INPUTS if (source := _open_source(folder, table, mapping)) is not None}
    notes = [note for source in sources.values() for note in _notes(source, mapping.table(source.table.name))]
    return Dataset(folder, mapping, sources, notes)


def _open_source(folder: Path, table: Input, mapping: DatasetMapping) -> Source | None:
    own = mapping.table(table.name)
    found = find_parts(folder, table, own)
    if found is None:
        return None
    bare = Source(
        table=table,
        format=found[0],
        folder=folder,
        parts=tuple(found[1]),
        names={},
        constants=own.constants,
        delimiter=own.delimiter,
        escape=own.escape,
        encoding=own.encoding,
        category_separator=mapping.category_separator,
        timezone=own.timezone or mapping.timezone,
    )
    named = _name_columns(bare, own)
    return replace(named, units=_units(named, own))


def _name_columns(source: Source, mapping: TableMapping) -> Source:
    by_part = {part: columns for part in source.parts if (columns := part_columns(source, part))}
    if not by_part:
        raise DatasetError(f"{source.parts[0]} is empty: expected {', '.join(source.table.required)} in its columns.")
    theirs = list(dict.fromkeys(name for columns in by_part.values() for name in columns if name))
    _check_mapped(source, mapping, theirs)
    identity = {name: name for name in source.table.columns if name in theirs and name not in mapping.constants}
    names = {**identity, **mapping.columns}
    for part, columns in by_part.items():
        _check_required(source, part, names, columns)
    ignored = tuple(name for name in theirs if name not in names.values() and name != ATTRIBUTES)
    return replace(source, names=names, ignored=ignored)


def _check_mapped(source: Source, mapping: TableMapping, theirs: list[str]) -> None:
    for ours, name in mapping.columns.items():
        if name not in theirs:
            near = difflib.get_close_matches(name, theirs, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise DatasetError(
                f"dataset.yaml maps {source.table.name}.{ours} to {name!r}, but {source.file_name(source.parts[0])} "
                f"has the columns {', '.join(theirs)}.{hint}"
            )


def _check_required(source: Source, part: Path, names: dict[str, str], columns: list[str]) -> None:
    missing = [n for n in source.table.required if n not in source.constants and names.get(n) not in columns]
    if missing:
        near = difflib.get_close_matches(missing[0], columns, n=1, cutoff=0.4) or columns
        raise DatasetError(
            f"{source.file_name(part)} has no column {', '.join(missing)}; it has {', '.join(columns)}. "
            f"Map it in dataset.yaml: {source.table.name}: {{columns: {{{missing[0]}: {near[0]}}}}}."
        )


def _units(source: Source, mapping: TableMapping) -> dict[str, TimeUnit]:
    names = _time_columns(source)
    units: dict[str, TimeUnit] = {}
    for name, values in (sample_times(source, names) if names else {}).items():
        detected = detect_unit(values)
        # A column that is plainly no number (a Parquet time among them) is read as text whatever unit was named.
        units[name] = detected if detected == "iso" else mapping.timestamp_unit or detected
    for name in set(TIME_COLUMNS) & set(source.constants):
        units[name] = mapping.timestamp_unit or detect_unit([source.constants[name]])
    return units


def _time_columns(source: Source) -> dict[str, str]:
    """Return the columns of times that rows may have -> their names; JSON lines may bring any of them at any row."""
    ours = [name for name in TIME_COLUMNS if name in source.table.columns and name not in source.constants]
    return {name: source.names.get(name, name) for name in ours if name in source.names or source.format == "jsonl"}


def _notes(source: Source, mapping: TableMapping) -> list[str]:
    table = source.table.name
    notes = [
        f"{table}.{name}: unit {unit} detected from the first rows"
        for name, unit in source.units.items()
        if unit != "iso" and not mapping.timestamp_unit
    ]
    if source.ignored and not source.table.keeps_attributes:
        use = "only tell rows apart" if source.table.unmapped_tell_apart else "are ignored"
        notes.append(f"{table}: columns not in the contract {use}: {', '.join(source.ignored)}")
    return notes
