"""Lists without any thought, for the judged users: what every system must beat.

"random" draws uniformly from what may be recommended. "popular" is given in ``cold_items`` alone: elsewhere it is a
source, but items without a training event have no popularity, so that source gives nothing there. What is left of it is
the order by training count with every count zero, ties by id: one fixed list.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.histories import dense_items
from jobs.contract.settings import Split
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.evaluation.judge import SYSTEM
from jobs.ranking.rules.exploration import seeded_generator

RANDOM_SYSTEM = "random"
POPULAR_SYSTEM = "popular"

IntArray = npt.NDArray[np.int64]


def baseline_systems(split: Split) -> list[str]:
    """Return the baselines that are judged by this protocol, or in a night."""
    return [RANDOM_SYSTEM, POPULAR_SYSTEM] if split.protocol == "cold_items" else [RANDOM_SYSTEM]


def baseline_lists(users: DataFrame, met: DataFrame | None, items: Catalogue, split: Split, k: int) -> DataFrame:
    """Return (system, user_id, items array<string>), at most k items a user and baseline.

    Cost: one join of the judged users (at most ``evaluate.max_users``) with what they met; then k numbers, and one for
    each item met, are drawn a user in Spark's tasks, to which the eligible ids are broadcast.

    Args:
        users: user_id, a row a judged user.
        met: user_id, item_id, a row a pair: what is not recommended again; None where it may be.
        items: Of the judged fold.
        split: Its seed is that of chance.
        k: Items of a list.
    """
    pool = [item_id for item_id, eligible in zip(items.item_ids, items.eligible.tolist(), strict=True) if eligible]
    shared = users.sparkSession.sparkContext.broadcast(pool)
    systems, seed = baseline_systems(split), split.seed

    def draw(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        item_ids = pa.array(shared.value, pa.string())
        for batch in batches:
            own = list(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
            for system in systems:
                orders = [_order(system, seed, user_id, len(item_ids), k + len(seen)) for user_id, seen in own]
                lists = [without(order, seen, k) for order, (_, seen) in zip(orders, own, strict=True)]
                offsets = np.cumsum([0, *map(len, lists)]).astype(np.int32)
                flat = item_ids.take(pa.array(np.concatenate([np.zeros(0, np.int64), *lists])))
                named = pa.array([system] * len(own), pa.string())
                columns = [named, batch.column(0), pa.ListArray.from_arrays(pa.array(offsets), flat)]
                yield pa.RecordBatch.from_arrays(columns, [SYSTEM, USER_ID, "items"])

    return _with_met(users, met, pool).mapInArrow(draw, f"{SYSTEM} string, {USER_ID} string, items array<string>")


def without(order: IntArray, seen: list[int], k: int) -> IntArray:
    """Return the first k of int64 item indexes that are not among the seen ones."""
    return order[~np.isin(order, np.array(seen, dtype=np.int64))][:k]


def _order(system: str, seed: int, user_id: str, n_items: int, n: int) -> IntArray:
    """Return the first n places of a baseline's order of all items, int64; fewer where there are fewer items.

    The first places of a uniform order less those of seen items are a uniform order of the unseen ones.
    """
    n = min(n, n_items)
    if system == POPULAR_SYSTEM:
        return np.arange(n)
    # Chance hangs on seed and user alone, however users are spread over tasks.
    return seeded_generator(seed, user_id).choice(n_items, size=n, replace=False)


def _with_met(users: DataFrame, met: DataFrame | None, pool: list[str]) -> DataFrame:
    """Return (user_id, met array<int>): the places in ``pool`` of what each user met."""
    if met is None:
        return users.select(USER_ID, F.array().cast("array<int>").alias("met"))
    index = {item_id: place for place, item_id in enumerate(pool)}
    placed = met.join(F.broadcast(dense_items(users.sparkSession, index)), on=ITEM_ID, how="inner")
    gathered = placed.groupBy(USER_ID).agg(F.collect_list("item").alias("met"))
    joined = users.join(gathered, on=USER_ID, how="left")
    return joined.select(USER_ID, F.coalesce("met", F.array().cast("array<int>")).alias("met"))
