"""The rows of one CSV part."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from jobs.contract.errors import DatasetError, examples
from jobs.dataset.csv_records import MAX_RECORD_CHARS, Dialect, Malformed, parse_line, records, sniff_delimiter
from jobs.dataset.part_text import open_text
from jobs.dataset.row_batch import RowBatch, batch_of_texts, chunks
from jobs.dataset.source import Slice, Source


def csv_columns(source: Source, part: Path) -> list[str]:
    """Return the header's names, "" for nameless columns; [] for an empty file."""
    with open_text(source, part) as file:
        return _read_header(file, source, part)[0]


def csv_batches(source: Source, where: Slice, batch_rows: int) -> Iterator[RowBatch]:
    """Yield the rows after the header."""
    with open_text(source, where.part) as file:
        names, dialect, newline = _read_header(file, source, where.part)
        if not names:
            return
        numbered = enumerate(records(file, len(names), dialect, newline), where.first_row)
        for rows in chunks(numbered, batch_rows):
            good = [(number, row) for number, row in rows if isinstance(row, list)]
            columns = list(zip(*(row for _, row in good), strict=True)) or [()] * len(names)
            named = {name: column for name, column in zip(names, columns, strict=True) if name}
            malformed = [(number, row) for number, row in rows if isinstance(row, Malformed)]
            yield batch_of_texts([number for number, _ in good], named, malformed)


def _read_header(file: io.TextIOWrapper, source: Source, part: Path) -> tuple[list[str], Dialect, str]:
    """Read the first line and return the columns' names, the dialect and the line terminator."""
    line = file.readline(MAX_RECORD_CHARS)
    newline = "\r" if line.endswith("\r") else "\n"
    line = line.rstrip("\r\n")
    dialect = Dialect(source.delimiter or sniff_delimiter(line), source.escape)
    try:
        fields = parse_line(line, dialect) if line else []
    except csv.Error as error:
        raise DatasetError(f"{part}: the header is not CSV: {error}.") from None
    if fields is None:
        raise DatasetError(f"{part}: the header is not CSV: a quote is opened and not closed.")
    names = [name.strip() for name in fields]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise DatasetError(f"{part} names columns twice: {examples(twice)}. Name each column once.")
    return names, dialect, newline
