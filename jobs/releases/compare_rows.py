"""The rows that two releases keep, held against each other with DuckDB: no Spark session, nothing user-sized collected.

The judged users' NDCG alone is collected; ``evaluate.max_users`` bounds it.
"""

from dataclasses import dataclass

import duckdb
import numpy as np

from jobs.contract.tables import USER_ID
from jobs.evaluation.bootstrap import bootstrap_interval

OVERLAP_USERS = 100_000
OVERLAP_K = 10
_HASH_STEPS = 1 << 20
_COUNTS = """
    SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b),
           (SELECT count(*) FROM b ANTI JOIN a USING (id)), (SELECT count(*) FROM a ANTI JOIN b USING (id))
"""
_OVERLAP = """
    WITH lists AS (
        SELECT a.item_ids[1:$k] AS own, b.item_ids[1:$k] AS other
        FROM a JOIN b USING (user_id)
        WHERE hash(user_id) % $steps < $below AND (len(a.item_ids) > 0 OR len(b.item_ids) > 0)
    )
    SELECT count(*), avg(len(list_intersect(own, other)) / len(list_distinct(list_concat(own, other)))),
           avg((own = other)::INT)
    FROM lists
"""
_PAIRS = """
    SELECT user_id, system, k, a.ndcg AS a, b.ndcg AS b FROM a JOIN b USING (user_id, system, k)
    ORDER BY system, user_id
"""


@dataclass(frozen=True)
class Counts:
    """How many keys two releases hold.

    Attributes:
        a: In the first.
        b: In the second.
        added: In the second alone.
        gone: In the first alone.
    """

    a: int
    b: int
    added: int
    gone: int


@dataclass(frozen=True)
class Overlap:
    """How alike users' lists are.

    Attributes:
        n_users: Users in both releases that were looked at.
        jaccard: Mean share of common items among all items of both first tens; None without users.
        equal: Share of users whose first ten are the same in the same order; None without users.
    """

    n_users: int
    jaccard: float | None
    equal: float | None


@dataclass(frozen=True)
class Paired:
    """One system's mean NDCG@k on the users that both releases judged, and the paired difference B - A."""

    system: str
    k: int
    a: float
    b: float
    difference: float
    ci_low: float
    ci_high: float
    n_users: int


def count_keys(a: list[str], b: list[str], key: str) -> Counts:
    """Return how many keys each holds, came and went.

    Args:
        a: Parquet files of the first release's table.
        b: Of the second's.
        key: The table's one key column.
    """
    with _views(a, b, f"{key} AS id") as both:
        return Counts(*both.execute(_COUNTS).fetchall()[0])


def list_overlap(a: list[str], b: list[str]) -> Overlap:
    """Return how alike the first ten items of users' lists are, on at most about 100,000 users drawn by hash."""
    with _views(a, b, "user_id, item_ids") as both:
        n_users = both.execute("SELECT count(*) FROM a").fetchall()[0][0]
        below = _HASH_STEPS if n_users <= OVERLAP_USERS else OVERLAP_USERS * _HASH_STEPS // n_users
        return Overlap(*both.execute(_OVERLAP, {"k": OVERLAP_K, "steps": _HASH_STEPS, "below": below}).fetchall()[0])


def paired_ndcg(a: list[str], b: list[str], seed: int, n_resamples: int) -> list[Paired]:
    """Return each system's NDCG on the users both judged, at the same cut-off; none if there are no such users.

    Args:
        a: Parquet files of the first release's ``evaluation_users``.
        b: Of the second's.
        seed: Of the resamples.
        n_resamples: Resamples of the users.
    """
    with _views(a, b, "user_id, system, k, ndcg") as both:
        rows = both.execute(_PAIRS).df()
    found = []
    for system, own in rows.groupby("system", sort=True):
        differences = (own["b"] - own["a"]).to_numpy(np.float64)
        low, high = bootstrap_interval(differences[:, None], n_resamples, seed)
        means = float(own["a"].mean()), float(own["b"].mean()), float(differences.mean())
        n_users = int(own[USER_ID].nunique())
        found.append(Paired(str(system), int(own["k"].iloc[0]), *means, float(low[0]), float(high[0]), n_users))
    return found


def _views(a: list[str], b: list[str], columns: str) -> duckdb.DuckDBPyConnection:
    both = duckdb.connect()
    for name, files in (("a", a), ("b", b)):
        both.read_parquet(files, hive_partitioning=False).project(columns).create_view(name)
    return both
