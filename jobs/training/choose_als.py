"""Choose the rank of ALS on validation users."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame

from jobs.contract.tables import USER_ID
from jobs.training.validation import Scorer, build_cases, mean_ndcg
from jobs.vectors.collect import dense_vectors
from jobs.vectors.top_k import FloatArray


class Factors(NamedTuple):
    """What ALS learns."""

    users: DataFrame
    """(user_id, factors array<float>)"""
    items: DataFrame
    """(item_id, factors array<float>)"""


class Choice(NamedTuple):
    """The rank taken, its factors, and what each rank tried reached."""

    rank: int
    factors: Factors
    tried: dict[int, float]


def choose_rank(
    ranks: tuple[int, ...],
    fit: Callable[[int], Factors],
    users: pd.DataFrame,
    item_ids: list[str],
    k: int,
    until: float,
) -> Choice:
    """Return the rank with the best validation NDCG@k; of equals the first named.

    Args:
        ranks: To try, the first always.
        fit: Learns from the training part.
        users: From ``validation_users``.
        item_ids: By dense index.
        k: Cut-off.
        until: ``time.monotonic()`` after which no further rank is tried.
    """
    cases = build_cases(users, len(item_ids))
    index = {item_id: place for place, item_id in enumerate(item_ids)}
    ids = users[USER_ID].iloc[cases.rows].tolist()
    best: Choice | None = None
    tried: dict[int, float] = {}
    for rank in ranks:
        if best and time.monotonic() > until:
            break
        factors = Factors(*(frame.persist() for frame in fit(rank)))
        tried[rank] = mean_ndcg(cases, _by_factors(factors, ids, index), k) if len(cases) else 0.0
        if best is None or tried[rank] > tried[best.rank]:
            best = Choice(rank, factors, tried)
    if best is None:
        raise ValueError("no rank to try")
    return best


def _by_factors(factors: Factors, user_ids: list[str], index: dict[str, int]) -> Scorer:
    spark = factors.users.sparkSession
    wanted = spark.createDataFrame([(user_id,) for user_id in user_ids], f"{USER_ID} string")
    own = {row[0]: row[1] for row in factors.users.join(wanted, on=USER_ID, how="left_semi").collect()}
    items = dense_vectors(factors.items, index, "factors")
    if items is None:
        return lambda users: np.full((len(user_ids[users]), len(index)), -np.inf, dtype=np.float32)
    nothing = np.zeros(items.shape[1], dtype=np.float32)
    vectors = np.array([own.get(user_id, nothing) for user_id in user_ids], dtype=np.float32)

    def scores(users: slice) -> FloatArray:
        return np.asarray(vectors[users] @ items.T)

    return scores
