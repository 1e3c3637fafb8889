"""What a trainer of one process reads: a Spark frame, streamed from disk, so that no process ever holds all of it."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
from pyspark.sql import DataFrame


@contextlib.contextmanager
def streamed(frame: DataFrame, folder: Path) -> Iterator[pa.dataset.Dataset]:
    """Write ``frame`` to ``folder`` for the block and yield it as an Arrow dataset; what lay there before is replaced.

    Args:
        frame: Any rows; their order is kept within partitions only.
        folder: Scratch, on a disk that the driver and the executors share.
    """
    try:
        frame.write.mode("overwrite").parquet(str(folder))
        yield pa.dataset.dataset(str(folder), format="parquet")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
