"""The rows of one Parquet part."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from jobs.dataset.row_batch import RowBatch
from jobs.dataset.source import Slice, Source
from jobs.dataset.text_values import arrow_text, exact_text

# In numbers NaN is a value to be found and told; in all else it stands for nothing.
_KEEP_NAN = ("value", "propensity", "position")


def parquet_columns(part: Path) -> list[str]:
    """Return the top-level column names."""
    return list(pq.read_schema(part).names)


def parquet_slices(part: Path) -> list[Slice]:
    """Return a slice a row group, each knowing the number of its first row."""
    metadata = pq.read_metadata(part)
    found, first_row = [], 1
    for group in range(metadata.num_row_groups):
        found.append(Slice(part, group, first_row))
        first_row += metadata.row_group(group).num_rows
    return found


def parquet_batches(source: Source, where: Slice, batch_rows: int) -> Iterator[RowBatch]:
    """Yield the rows of one row group, its columns as texts; columns that nobody asks for are not read."""
    unmapped = set(source.ignored) if source.table.reads_unmapped else set()
    ours = {theirs: name for name, theirs in source.names.items()}
    with pq.ParquetFile(where.part) as file:
        wanted = [name for name in file.schema_arrow.names if name in ours or name in unmapped]
        groups = None if where.row_group is None else [where.row_group]
        first = where.first_row
        for batch in file.iter_batches(batch_rows, row_groups=groups, columns=wanted):
            columns, replaced = {}, set()
            for name in wanted:
                if name in ours or source.table.keeps_attributes:
                    columns[name], mended = arrow_text(batch.column(name), keep_nan=ours.get(name) in _KEEP_NAN)
                    replaced.update(mended)
                else:
                    columns[name] = exact_text(batch.column(name))
            yield RowBatch(list(range(first, first + batch.num_rows)), columns, replaced)
            first += batch.num_rows
