"""Candidate recall: the share of a user's targets among the candidates, which is the most that a ranker can reach."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.evaluation.lists import source_system

UNION_SYSTEM = "union"
MAX_CANDIDATES = 200
"""Of each source; fewer where sources give fewer."""
FloatArray = npt.NDArray[np.float64]


def candidate_recall(
    competing: DataFrame, targets: DataFrame, sources: Iterable[str], k: int, user_ids: list[str]
) -> dict[str, dict[str, FloatArray]]:
    """Return system -> {"candidate_recall@k": float64[n_users]}: "source/<name>", and "union" for all together.

    Cost: one join of candidates and targets, two small shuffles; a row a user and source that found something is
    collected.

    Args:
        competing: user_id, item_id, source, source_rank of the candidates that may be recommended.
        targets: user_id, item_id, a row a pair.
        sources: Names of those that ran.
        k: The first so many of each source count.
        user_ids: The users with a target, whose order the values take.
    """
    first = competing.where(F.col("source_rank") <= k).select(USER_ID, ITEM_ID, "source")
    found = first.join(targets, on=[USER_ID, ITEM_ID], how="left_semi").persist()
    place = {user_id: row for row, user_id in enumerate(user_ids)}
    hits = {system: np.zeros(len(user_ids)) for system in [*map(source_system, sources), UNION_SYSTEM]}
    for source, user_id, n_hits in found.groupBy("source", USER_ID).count().collect():
        hits[source_system(source)][place[user_id]] = n_hits
    for user_id, n_hits in found.groupBy(USER_ID).agg(F.count_distinct(ITEM_ID)).collect():
        hits[UNION_SYSTEM][place[user_id]] = n_hits
    found.unpersist()
    n_targets = np.zeros(len(user_ids))
    for user_id, n_items in targets.groupBy(USER_ID).count().collect():
        n_targets[place[user_id]] = n_items
    return {system: {f"candidate_recall@{k}": n_hits / n_targets} for system, n_hits in hits.items()}
