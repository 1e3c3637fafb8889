"""A sample of a table's times, large enough to tell their unit."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from jobs.dataset.jsonl_part import jsonl_batches_with
from jobs.dataset.part_rows import READ_ERRORS, row_batches, slices
from jobs.dataset.row_batch import RowBatch
from jobs.dataset.source import Slice, Source

_BATCH_ROWS = 1_000
_ENOUGH = 20


def sample_times(source: Source, names: dict[str, str]) -> dict[str, list[str]]:
    """Return the first values of each column of times.

    Rows are read until 20 values of every column are found, to the end of the table if need be: times are often
    missing from the oldest rows. One batch is in memory at a time, and at most 2,000 values of a column are kept.

    Args:
        source: The table.
        names: Time column -> their name for it.
    """
    found: dict[str, list[str]] = {name: [] for name in names}
    # Parquet then reads nothing else.
    times_alone = replace(source, names=names, ignored=())
    for where in slices(source):
        # A part that cannot be read on is told, with what is wrong with it, when its rows are judged.
        with contextlib.suppress(*READ_ERRORS):
            for batch in _batches(times_alone, where):
                _add(found, batch, names)
                if all(len(values) >= _ENOUGH for values in found.values()):
                    return found
    return found


def _batches(source: Source, where: Slice) -> Iterator[RowBatch]:
    if source.format == "jsonl":
        return jsonl_batches_with(source, where, _BATCH_ROWS, tuple(source.names.values()))
    return row_batches(source, where, _BATCH_ROWS)


def _add(found: dict[str, list[str]], batch: RowBatch, names: dict[str, str]) -> None:
    for name, values in found.items():
        if len(values) < _BATCH_ROWS and names[name] in batch.columns:
            values.extend(text for text in batch.columns[names[name]].to_pylist() if text and text.strip())
