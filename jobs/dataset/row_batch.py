"""A batch of rows as every format's reader gives it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import pyarrow as pa

from jobs.dataset.csv_records import Malformed
from jobs.dataset.text_values import text_array

_Row = TypeVar("_Row")
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class RowBatch:
    """Consecutive rows of one part.

    Attributes:
        numbers: 1-based row numbers of the good rows.
        columns: Their column name -> string[n_good].
        replaced: Positions of good rows in which invalid UTF-8 was replaced.
        malformed: (row number, what is wrong), in order.
    """

    numbers: list[int]
    columns: dict[str, pa.Array]
    replaced: set[int] = field(default_factory=set)
    malformed: list[tuple[int, Malformed]] = field(default_factory=list)


def batch_of_texts(
    numbers: list[int], columns: Mapping[str, Sequence[str | None]], malformed: list[tuple[int, Malformed]]
) -> RowBatch:
    """Return a batch of decoded texts, with what was no UTF-8 replaced by U+FFFD."""
    arrays, replaced = {}, set()
    for name, values in columns.items():
        arrays[name], mended = text_array(list(values))
        replaced.update(mended)
    return RowBatch(numbers, arrays, replaced, malformed)


def chunks(rows: Iterator[_Row], size: int) -> Iterator[list[_Row]]:
    """Yield rows in lists of ``size``, the last one shorter."""
    while chunk := list(islice(rows, size)):
        yield chunk
