"""The rows of one JSON-lines part: an object a line."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from jobs.dataset.csv_records import MAX_RECORD_CHARS, Malformed
from jobs.dataset.part_text import open_text
from jobs.dataset.row_batch import RowBatch, batch_of_texts, chunks
from jobs.dataset.source import Slice, Source
from jobs.dataset.text_values import json_text

_SAMPLE_ROWS = 1_000
_SHOWN_CHARS = 10_000


def jsonl_columns(source: Source, part: Path) -> list[str]:
    """Return the keys of the part's first 1,000 objects in their order of appearance."""
    first = next(jsonl_batches(source, Slice(part), _SAMPLE_ROWS), None)
    return list(first.columns) if first else []


def jsonl_batches(source: Source, where: Slice, batch_rows: int) -> Iterator[RowBatch]:
    """Yield the objects of a part; blank lines are no rows."""
    with open_text(source, where.part) as file:
        yield from _batches(enumerate(_lines(file), where.first_row), batch_rows)


def jsonl_batches_with(source: Source, where: Slice, batch_rows: int, names: tuple[str, ...]) -> Iterator[RowBatch]:
    """Yield the objects that seem to have one of these keys; lines without are not parsed, which takes most time."""
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    with open_text(source, where.part) as file:
        numbered = enumerate(_lines(file), where.first_row)
        yield from _batches((row for row in numbered if any(key in row[1] for key in keys)), batch_rows)


def _batches(lines: Iterator[tuple[int, str]], batch_rows: int) -> Iterator[RowBatch]:
    for rows in chunks(((number, parse_object(line)) for number, line in lines), batch_rows):
        good = [(number, row) for number, row in rows if isinstance(row, dict)]
        names = dict.fromkeys(name for _, row in good for name in row)
        columns = {name: [json_text(row.get(name)) for _, row in good] for name in names}
        malformed = [(number, row) for number, row in rows if isinstance(row, Malformed)]
        yield batch_of_texts([number for number, _ in good], columns, malformed)


def parse_object(line: str) -> dict[str, object] | Malformed:
    """Return the object that a line holds, or what is wrong with it."""
    shown = line.strip()[:_SHOWN_CHARS]
    if len(line) > MAX_RECORD_CHARS:
        return Malformed(f"longer than {MAX_RECORD_CHARS:,} characters", shown)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Malformed(f"not JSON: {error}", shown)
    if not isinstance(value, dict):
        return Malformed(f"a JSON {type(value).__name__}, expected an object", shown)
    return value


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    while line := file.readline(MAX_RECORD_CHARS + 1):
        if len(line) > MAX_RECORD_CHARS:
            while (rest := file.readline(MAX_RECORD_CHARS)) and not rest.endswith("\n"):
                pass
        if line.strip():
            yield line
