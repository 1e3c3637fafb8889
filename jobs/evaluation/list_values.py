"""What lists hold beyond accuracy, a value a user: the items' popularity, novelty, and how unlike each other they are.

Definitions: arp@k = mean number of training users of the recommended items (RecBole ``evaluator/metrics.py``,
AveragePopularity, which counts interactions); novelty@k = mean -log2 of the share of training users who took the item
(Zhou et al. 2010), an item that nobody took counted as taken by one; ild@k = mean pairwise 1 - cosine of the items'
embeddings (Ziegler et al. 2005), items without an embedding left out.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame

from jobs.contract.tables import USER_ID
from jobs.evaluation.item_facts import ItemFacts
from jobs.evaluation.judge import SYSTEM

METRICS = ("arp", "novelty", "ild")
_VALUES_AT_ONCE = 1 << 24

FloatArray = npt.NDArray[np.float64]
IntMatrix = npt.NDArray[np.int64]


def list_values(
    lists: DataFrame, facts: ItemFacts, ks: list[int], user_ids: list[str]
) -> dict[str, dict[str, FloatArray]]:
    """Return system -> {"arp@k", "novelty@k", "ild@k"} -> float64[n_users], NaN where a user's list has no such value.

    A list without items has none of them, one with a single embedding no ild; a metric that nobody has is left out.

    Cost: one pass over the lists; of every list a few numbers are collected. Memory of a task: the facts, and about 64
    MB of embeddings at a time.

    Args:
        lists: system, user_id, items array<string>, best first; of users in ``user_ids`` alone.
        facts: Of every item in the lists.
        ks: Cut-offs.
        user_ids: The judged users, whose order the values take.
    """
    names = [f"{metric}@{k}" for k in ks for metric in METRICS]
    shared = lists.sparkSession.sparkContext.broadcast(facts)

    def measure(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            values = _measured(batch.column(2), shared.value, ks)
            columns = [pa.array(column, pa.float64()) for column in values.T]
            yield pa.RecordBatch.from_arrays([batch.column(0), batch.column(1), *columns], [SYSTEM, USER_ID, *names])

    schema = ", ".join([f"{SYSTEM} string", f"{USER_ID} string", *(f"`{name}` double" for name in names)])
    rows = lists.select(SYSTEM, USER_ID, "items").mapInArrow(measure, schema).toPandas()
    shared.destroy()
    by_system = {str(system): own.set_index(USER_ID)[names].reindex(user_ids) for system, own in rows.groupby(SYSTEM)}
    return {
        system: {name: own[name].to_numpy(np.float64) for name in names if own[name].notna().any()}
        for system, own in by_system.items()
    }


def _measured(items: pa.ListArray, facts: ItemFacts, ks: list[int]) -> FloatArray:
    """Return float64[n_lists, len(ks) x 3], a block of lists at a time."""
    width = max(ks)
    rows = np.full((len(items), width), -1, dtype=np.int64)
    for row, item_ids in enumerate(items.to_pylist()):
        own = [facts.index[item_id] for item_id in item_ids[:width]]
        rows[row, : len(own)] = own
    dim = 1 if facts.vectors is None else facts.vectors.shape[1]
    size = max(1, _VALUES_AT_ONCE // (width * dim))
    blocks = [values_of_lists(rows[start : start + size], facts, ks) for start in range(0, len(rows), size)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(ks) * len(METRICS)))


def values_of_lists(rows: IntMatrix, facts: ItemFacts, ks: list[int]) -> FloatArray:
    """Return float64[n_lists, len(ks) x 3]: arp, novelty and ild at each cut-off, NaN where a list has none.

    Args:
        rows: int64[n_lists, >= max(ks)], items' rows in ``facts``, best first, -1 past a list's end.
        facts: Of the items.
        ks: Cut-offs.
    """
    listed = rows >= 0
    n_users = np.where(listed, facts.n_users[rows], 0)
    bits = np.where(listed, -np.log2(np.maximum(n_users, 1) / facts.all_users), 0.0)
    vectors = None if facts.vectors is None else np.where(listed[:, :, None], facts.vectors[rows], np.float32(0))
    columns = []
    for k in ks:
        length = listed[:, :k].sum(axis=1)
        columns.append(_ratio(n_users[:, :k].sum(axis=1), length))
        columns.append(_ratio(bits[:, :k].sum(axis=1), length))
        columns.append(np.full(len(rows), np.nan) if vectors is None else _mean_distance(vectors[:, :k]))
    return np.stack(columns, axis=1)


def _mean_distance(vectors: npt.NDArray[np.float32]) -> FloatArray:
    """Return each list's mean pairwise 1 - cosine; vectors are of length 1, or zeros where there is none.

    |sum of vectors|^2 is n plus the sum of all pairs' cosines, so that no pair has to be formed.
    """
    n = vectors.any(axis=2).sum(axis=1)
    total = vectors.sum(axis=1, dtype=np.float64)
    return np.where(n > 1, 1 - _ratio((total**2).sum(axis=1) - n, n * (n - 1)), np.nan)


def _ratio(above: npt.NDArray[np.float64], below: npt.NDArray[np.int64]) -> FloatArray:
    return np.where(below > 0, above / np.maximum(below, 1), np.nan)
