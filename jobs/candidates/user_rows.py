"""What sources know of each user: one row a user in Spark, one ``User`` in a task."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.build import SOURCES
from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.contract import Inputs, User
from jobs.contract.settings import Candidates
from jobs.contract.tables import USER_ID

# In the order of ``User``'s fields. What follows the history is null for a user of whom nothing is known.
USER_COLUMNS = (
    (USER_ID, "string"),
    ("seen", "array<int>"),
    ("liked", "array<int>"),
    ("weights", "array<float>"),
    ("factors", "array<float>"),
    ("place", "array<float>"),
    ("state", "array<float>"),
    ("reviews", "array<float>"),
    ("followed_items", "array<int>"),
    ("followed_scores", "array<float>"),
    ("taken_items", "array<int>"),
    ("taken_scores", "array<float>"),
    ("group", "string"),
)
_ARRAYS = {"array<int>": np.int32, "array<float>": np.float32}


def user_rows(
    histories: DataFrame, sources: Iterable[str], inputs: Inputs, items: Catalogue, settings: Candidates
) -> DataFrame:
    """Return the histories with the columns that the named sources need, one row a user of ``histories``."""
    rows = histories
    for name in sources:
        columns = SOURCES[name].user_columns
        if columns is not None:
            rows = rows.join(columns(inputs, items, settings), on=USER_ID, how="left")
    missing = {name: F.lit(None).cast(kind) for name, kind in USER_COLUMNS if name not in rows.columns}
    return rows.withColumns(missing).select(*(name for name, _ in USER_COLUMNS))


def users_of(batch: pa.RecordBatch) -> list[User]:
    """Return the users of a batch whose columns are ``USER_COLUMNS``."""
    columns = [
        _arrays(batch.column(place), _ARRAYS[kind]) if kind in _ARRAYS else batch.column(place).to_pylist()
        for place, (_, kind) in enumerate(USER_COLUMNS)
    ]
    return [User(*values) for values in zip(*columns, strict=True)]


def _arrays(lists: pa.ListArray, dtype: type) -> list[np.ndarray | None]:
    offsets = lists.offsets.to_numpy()
    values = lists.values.to_numpy(zero_copy_only=False).astype(dtype, copy=False)
    known = lists.is_valid().to_pylist()
    return [
        values[start:end] if is_known else None
        for start, end, is_known in zip(offsets[:-1], offsets[1:], known, strict=True)
    ]
