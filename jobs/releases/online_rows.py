"""Online rows, written by Spark's executors through Feast's online store, a partition at a time.

Writing a row twice changes nothing, so a repeated or speculative task does no harm.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from feast import FeatureView, RepoConfig
from feast.infra.online_stores.helpers import get_online_store_from_config
from feast.infra.online_stores.online_store import OnlineStore
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
from pyspark.sql import DataFrame

from feature_repo.features import definitions, feature_columns
from jobs.contract.tables import Table

OnlineRow = tuple[EntityKey, dict[str, Value], datetime, datetime]
_SAMPLE_ROWS = 200
_SCALARS = {"string": "string_val", "bigint": "int64_val", "timestamp": "unix_timestamp_val"}
_LISTS = {"array<string>": "string_list_val", "array<float>": "float_list_val", "array<int>": "int32_list_val"}


@dataclass(frozen=True)
class Target:
    """Where rows go; small and picklable, since executors get it.

    Attributes:
        config: ``jobs.contract.feast_config.feast_config`` of the release.
        home: The home whose definitions name the views.
        opened_at: Event time of every row: strictly increasing from run to run.
        batch_rows: Rows written at once.
    """

    config: dict[str, Any]
    home: Path
    opened_at: datetime
    batch_rows: int

    @property
    def one_writer(self) -> bool:
        """Whether a second writer would be refused: SQLite locks the whole file."""
        return bool(self.config["online_store"]["type"] == "sqlite")


def write_rows(rows: DataFrame, table: Table, target: Target) -> int:
    """Write every row of a feature table to the online store and return how many there were.

    Args:
        rows: Frame with the table's columns.
        table: The feature table; the view has its name.
        target: Where rows go.
    """
    writable = rows.coalesce(1) if target.one_writer else rows
    counts = writable.mapInArrow(_partition_writer(table, target), "n_rows bigint").collect()
    return sum(row["n_rows"] for row in counts)


def payload_bytes(rows: DataFrame, table: Table, n_rows: int) -> int:
    """Return about how many bytes of values the table's rows hold, from its first 200 rows."""
    sample = rows.limit(_SAMPLE_ROWS).toArrow().to_pylist()
    if not sample:
        return 0
    epoch = datetime.fromtimestamp(0, UTC)
    sizes = []
    for values in sample:
        entity, features, _, _ = as_online_row(table, values, epoch)
        sizes.append(entity.ByteSize() + sum(value.ByteSize() for value in features.values()))
    return int(n_rows * sum(sizes) / len(sizes))


def as_online_row(table: Table, values: dict[str, Any], at: datetime) -> OnlineRow:
    """Return one row as Feast's online stores take it; a null becomes an empty value.

    Args:
        table: The feature table.
        values: Column -> Python value.
        at: Event time and creation time.
    """
    (key,) = table.key
    entity = EntityKey(join_keys=[key], entity_values=[Value(string_val=values[key])])
    features = {name: _value(kind, values[name]) for name, kind in feature_columns(table)}
    return entity, features, at, at


def _partition_writer(table: Table, target: Target) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def write(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        config = RepoConfig(**target.config)
        view = next(view for view in definitions(target.home).views if view.name == table.name)
        store = get_online_store_from_config(config.online_store)
        try:
            n_rows = sum(_write_batch(store, config, view, table, target, batch) for batch in batches)
        finally:
            _close(store)
        yield pa.RecordBatch.from_pydict({"n_rows": [n_rows]})

    return write


def _write_batch(
    store: OnlineStore, config: RepoConfig, view: FeatureView, table: Table, target: Target, batch: pa.RecordBatch
) -> int:
    for start in range(0, batch.num_rows, target.batch_rows):
        values = batch.slice(start, target.batch_rows).to_pylist()
        data = [as_online_row(table, row, target.opened_at) for row in values]
        store.online_write_batch(config, view, data, progress=None)
    return int(batch.num_rows)


def _close(store: OnlineStore) -> None:
    # Feast has no call that closes SQLite, and a worker that stays open keeps the file in WAL mode.
    connection = getattr(store, "_conn", None)
    if connection is not None:
        connection.close()


def _value(kind: str, value: Any) -> Value:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return Value()
    if kind == "timestamp":
        return Value(unix_timestamp_val=int(value.timestamp()))
    field: dict[str, Any] = {_SCALARS[kind]: value} if kind in _SCALARS else {_LISTS[kind]: {"val": value}}
    return Value(**field)
