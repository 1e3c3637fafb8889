"""Choose the values of ALS on validation users."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from jobs.contract.settings import Als
from jobs.contract.tables import USER_ID
from jobs.training.als import Factors, Values
from jobs.training.search import Setting, best_setting
from jobs.training.validation import MIN_USERS, Scorer, build_cases, mean_ndcg
from jobs.vectors.collect import dense_vectors
from jobs.vectors.top_k import FloatArray


class Choice(NamedTuple):
    """The values taken, their factors, and what each tried reached."""

    values: Values
    factors: Factors
    tried: dict[str, float | str]
    """For the report: NDCG by values, or why no more were tried."""


def first_values(settings: Als) -> Values:
    """Return the first of each value, the start of the search."""
    return Values(settings.rank[0], *_pairs(settings)[0])


def choose(
    settings: Als, fit: Callable[[Values], Factors], users: pd.DataFrame, item_ids: list[str], k: int, until: float
) -> Choice:
    """Return the values with the best validation NDCG@k; of equals, and with too few users, the first named.

    Args:
        settings: Values to try, the first always.
        fit: Learns from the training part; asked for the values taken once more.
        users: From ``validation_users``.
        item_ids: By dense index.
        k: Cut-off.
        until: ``time.monotonic()`` after which nothing further is tried.
    """
    cases = build_cases(users, len(item_ids))
    if len(cases) < MIN_USERS:
        start = first_values(settings)
        return Choice(start, fit(start), {"why": f"fewer than {MIN_USERS} validation users: the first of each"})
    pairs = _pairs(settings)
    index = {item_id: place for place, item_id in enumerate(item_ids)}
    ids = users[USER_ID].iloc[cases.rows].tolist()

    def values_of(setting: Setting) -> Values:
        pair, rank = map(int, setting)
        return Values(rank, *pairs[pair])

    def ndcg(setting: Setting) -> float:
        return mean_ndcg(cases, _by_factors(fit(values_of(setting)), ids, index), k)

    # The rank last, for where time is short it is the one that matters least (EXPERIMENTS.md).
    found = best_setting((range(len(pairs)), settings.rank), ndcg, until)
    taken = values_of(found.best)
    return Choice(taken, fit(taken), found.report(lambda setting: str(values_of(setting))))


def _pairs(settings: Als) -> list[tuple[float, float]]:
    """Return each alpha with its regularisation; a single one of either goes with all of the other."""
    n_pairs = max(len(settings.alpha), len(settings.regularisation))
    each = (own * n_pairs if len(own) == 1 else own for own in (settings.alpha, settings.regularisation))
    return list(zip(*each, strict=True))


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
