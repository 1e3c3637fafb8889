"""A batch of a file's own columns as rows of the contract's columns, still as texts, each with where it came from."""

import json
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.contract.tables import INPUT_FILE, INPUT_ROW
from jobs.dataset.row_batch import RowBatch
from jobs.dataset.source import FAULT, FAULT_TEXT, FAULT_WHY, MALFORMED, REPLACED, UNMAPPED, UNREADABLE, Source
from jobs.dataset.tables import ATTRIBUTES, CATEGORIES, Input

_TEXTS = pa.map_(pa.string(), pa.string())
_ORIGIN = (
    (INPUT_FILE, pa.string(), "string"),
    (INPUT_ROW, pa.int64(), "bigint"),
    (REPLACED, pa.bool_(), "boolean"),
    (FAULT, pa.string(), "string"),
    (FAULT_WHY, pa.string(), "string"),
    (FAULT_TEXT, pa.string(), "string"),
    (UNMAPPED, _TEXTS, "map<string,string>"),
)
_NESTED = {
    CATEGORIES: (pa.list_(pa.string()), "array<string>"),
    ATTRIBUTES: (_TEXTS, "map<string,string>"),
}


def raw_schema(table: Input) -> pa.Schema:
    """Return the Arrow schema of a table's raw rows."""
    columns = [(name, _NESTED.get(name, (pa.string(), ""))[0]) for name in table.columns]
    return pa.schema([*columns, *((name, kind) for name, kind, _ in _ORIGIN)])


def raw_ddl(table: Input) -> str:
    """Return the Spark schema of a table's raw rows: contract columns as texts, then where each row came from."""
    columns = [f"`{name}` {_NESTED[name][1] if name in _NESTED else 'string'}" for name in table.columns]
    return ", ".join([*columns, *(f"`{name}` {kind}" for name, _, kind in _ORIGIN)])


def contract_batches(batch: RowBatch, source: Source, file_name: str) -> Iterator[pa.RecordBatch]:
    """Yield a part's rows as raw rows: the good ones, then those that are no records.

    Args:
        batch: Rows under the file's own column names.
        source: Which of these become which of ours.
        file_name: What ``input_file`` says.
    """
    schema = raw_schema(source.table)
    n_rows = len(batch.numbers)
    if n_rows:
        given = {
            **{name: _column(name, batch, source) for name in source.table.columns},
            INPUT_FILE: pa.repeat(pa.scalar(file_name), n_rows),
            INPUT_ROW: pa.array(batch.numbers, pa.int64()),
            REPLACED: pa.array([i in batch.replaced for i in range(n_rows)], pa.bool_()),
        }
        if source.table.unmapped_tell_apart:
            given[UNMAPPED] = _unmapped(batch, source)
        yield _record_batch(given, n_rows, schema)
    if batch.malformed:
        faults = [(number, MALFORMED, fault.why, fault.text) for number, fault in batch.malformed]
        yield _fault_batch(faults, file_name, schema)


def unreadable_batch(source: Source, file_name: str, why: str) -> pa.RecordBatch:
    """Return the one row that says that a part could not be read to its end."""
    return _fault_batch([(0, UNREADABLE, why, "")], file_name, raw_schema(source.table))


def _fault_batch(faults: list[tuple[int, str, str, str]], file_name: str, schema: pa.Schema) -> pa.RecordBatch:
    numbers, rules, whys, texts = zip(*faults, strict=True)
    given = {
        INPUT_FILE: pa.repeat(pa.scalar(file_name), len(faults)),
        INPUT_ROW: pa.array(numbers, pa.int64()),
        REPLACED: pa.array([False] * len(faults)),
        FAULT: pa.array(rules),
        FAULT_WHY: pa.array([_without_surrogates(why) for why in whys]),
        FAULT_TEXT: pa.array([_without_surrogates(text) for text in texts]),
    }
    return _record_batch(given, len(faults), schema)


def _record_batch(given: dict[str, pa.Array], n_rows: int, schema: pa.Schema) -> pa.RecordBatch:
    arrays = [given[field.name] if field.name in given else pa.nulls(n_rows, field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _column(name: str, batch: RowBatch, source: Source) -> pa.Array:
    if name == ATTRIBUTES:
        return _attributes(batch, source)
    if name in source.constants:
        texts = pa.repeat(pa.scalar(source.constants[name]), len(batch.numbers))
    else:
        texts = batch.columns.get(source.names.get(name, name), pa.nulls(len(batch.numbers), pa.string()))
    if name == CATEGORIES:
        values = [_categories(text, source.category_separator) for text in texts.to_pylist()]
        return pa.array(values, _NESTED[CATEGORIES][0])
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _categories(text: str | None, separator: str) -> list[str] | None:
    """Return categories without blanks and repetitions, in their order."""
    if not text:
        return None
    values = _json_value(text) if text.startswith("[") else None
    parts = [str(value) for value in values if value is not None] if isinstance(values, list) else text.split(separator)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip())) or None


def _attributes(batch: RowBatch, source: Source) -> pa.Array:
    used = {*source.names.values(), *(name for name in source.table.columns if name != ATTRIBUTES)}
    own = source.names.get(ATTRIBUTES, ATTRIBUTES)
    kept = sorted(name for name in batch.columns if name not in used or name == own)
    rows: list[dict[str, str]] = [{} for _ in batch.numbers]
    for name in kept:
        for row, text in zip(rows, batch.columns[name].to_pylist(), strict=True):
            if text:
                row.update(_attribute_object(text) if name == own else {name: text})
    return pa.array([sorted(row.items()) or None for row in rows], _NESTED[ATTRIBUTES][0])


def _unmapped(batch: RowBatch, source: Source) -> pa.Array:
    """Return map<string, string>[n_rows] of the filled columns outside the contract, in name order, or null."""
    names = sorted(set(batch.columns) - set(source.names.values()))
    if not names:
        return pa.nulls(len(batch.numbers), _TEXTS)
    shape = (len(names), len(batch.numbers))
    row_by_row = np.arange(shape[0] * shape[1]).reshape(shape).T.ravel()
    texts = pa.concat_arrays([batch.columns[name] for name in names]).take(pa.array(row_by_row))
    keys = pa.array(names, pa.string()).take(pa.array(row_by_row // shape[1]))
    filled = pc.fill_null(pc.not_equal(texts, ""), False)
    n_filled = filled.to_numpy(zero_copy_only=False).reshape(shape[::-1]).sum(axis=1)
    # A null offset makes its row null.
    offsets = pa.array(np.append(0, np.cumsum(n_filled)), pa.int32(), mask=np.append(n_filled == 0, False))
    return pa.MapArray.from_arrays(offsets, keys.filter(filled), texts.filter(filled))


def _attribute_object(text: str) -> dict[str, str]:
    value = _json_value(text)
    if not isinstance(value, dict):
        return {ATTRIBUTES: text}
    return {
        name: inner if isinstance(inner, str) else json.dumps(inner)
        for name, inner in value.items()
        if inner is not None
    }


def _json_value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
