"""The rows of one part file, whatever its format, as batches of texts under the file's own column names."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from jobs.contract.errors import DatasetError
from jobs.dataset.csv_part import csv_batches, csv_columns
from jobs.dataset.jsonl_part import jsonl_batches, jsonl_columns
from jobs.dataset.parquet_part import parquet_batches, parquet_columns, parquet_slices
from jobs.dataset.row_batch import BATCH_ROWS, RowBatch
from jobs.dataset.source import Slice, Source

# What a part that is cut, overwritten or no such file at all may raise while it is read.
READ_ERRORS = (OSError, EOFError, zlib.error, UnicodeError, pa.ArrowException, DatasetError)


def part_columns(source: Source, part: Path) -> list[str]:
    """Return a part's column names as it spells them; [] if it is empty.

    Raises:
        DatasetError: If the file cannot be opened as what it is said to be.
    """
    try:
        if source.format == "parquet":
            return parquet_columns(part)
        return csv_columns(source, part) if source.format == "csv" else jsonl_columns(source, part)
    except (OSError, EOFError, UnicodeError, pa.ArrowException) as error:
        raise DatasetError(f"{part} cannot be read as {source.format}: {error}.") from None


def slices(source: Source) -> list[Slice]:
    """Return what tasks read, in the input's order: row groups of Parquet, whole files otherwise."""
    if source.format == "parquet":
        return [where for part in source.parts for where in parquet_slices(part)]
    return [Slice(part) for part in source.parts]


def row_batches(source: Source, where: Slice, batch_rows: int = BATCH_ROWS) -> Iterator[RowBatch]:
    """Yield the rows of a slice in order, good and malformed ones numbered together from the part's first row."""
    readers = {"parquet": parquet_batches, "csv": csv_batches, "jsonl": jsonl_batches}
    return readers[source.format](source, where, batch_rows)
