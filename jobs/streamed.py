"""What one process reads of a Spark frame: streamed from disk in order, so that it never holds all of it."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
from pyspark.sql import DataFrame

_BATCH_ROWS = 1 << 14


@contextlib.contextmanager
def streamed(frame: DataFrame, folder: Path) -> Iterator[pa.dataset.Dataset]:
    """Write ``frame`` to ``folder`` for the block and yield it as an Arrow dataset; what lay there before is replaced.

    Args:
        frame: Any rows; of an ordered frame they come in its order, since Spark numbers the files of its partitions.
        folder: Scratch, on a disk that the driver and the executors share.
    """
    try:
        frame.write.mode("overwrite").parquet(str(folder))
        yield pa.dataset.dataset(sorted(str(file) for file in folder.glob("*.parquet")), format="parquet")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_batches(rows: pa.dataset.Dataset, batch_rows: int = _BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """Yield the rows in order; Arrow, which would else read sixteen batches and four files ahead, holds one or two."""
    yield from rows.to_batches(batch_size=batch_rows, batch_readahead=1, fragment_readahead=1)
