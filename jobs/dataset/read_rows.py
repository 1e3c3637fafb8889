"""A table's raw rows as a Spark frame: read by executors, every row numbered by its place in its file."""

from collections.abc import Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from jobs.dataset.contract_rows import contract_batches, raw_ddl, unreadable_batch
from jobs.dataset.part_rows import READ_ERRORS, row_batches, slices
from jobs.dataset.source import Source

_MAX_TASKS_PER_CORE = 16


def read_rows(spark: SparkSession, source: Source) -> DataFrame:
    """Return the table's raw rows, lazily.

    A Parquet row group is one task, and so is a whole CSV or JSON-lines file: whether a line begins a row can only be
    told from the lines before it. Give many part files where there are many cores.

    Returns:
        Contract columns as texts (categories and attributes excepted; empty texts are null), ``input_file``,
        ``input_row`` (from 1, in the file's order), and what is wrong with rows that are no records.
    """
    todo = slices(source)
    n_tasks = max(1, min(len(todo), _MAX_TASKS_PER_CORE * spark.sparkContext.defaultParallelism))

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for index in batch.column(0).to_pylist():
                where = todo[index]
                file_name = source.file_name(where.part)
                try:
                    for rows in row_batches(source, where):
                        yield from contract_batches(rows, source, file_name)
                except READ_ERRORS as error:
                    # Told as a row, since an exception here would reach the user as a traceback of the executor's.
                    yield unreadable_batch(source, file_name, f"{type(error).__name__}: {error}")

    return spark.range(0, len(todo), 1, n_tasks).mapInArrow(read, raw_ddl(source.table))
