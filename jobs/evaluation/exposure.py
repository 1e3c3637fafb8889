"""How widely the lists spread over the catalogue: coverage, and the Gini index of exposure.

Definitions: coverage@k = |union of the lists| / |eligible items|; Gini of how often each eligible item is recommended,
0 = all alike, near 1 = a few get everything. Source: RecBole ``evaluator/metrics.py`` (ItemCoverage, GiniIndex); we
count eligible items, where it counts all. Both are over the judged users: a sample of users covers less.
"""

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.evaluation.judge import SYSTEM

IntArray = npt.NDArray[np.int64]


def exposure(lists: DataFrame, n_eligible: int, ks: list[int]) -> dict[str, dict[str, float]]:
    """Return system -> {"coverage@k", "gini@k"}; a system without lists has no entry.

    Cost: one shuffle of the recommended (system, item); what is collected is how many items were recommended how often,
    at most some thousand rows a system and cut-off whatever the catalogue's size.

    Args:
        lists: system, user_id, items array<string>, best first.
        n_eligible: Items that could be recommended, at least 1.
        ks: Cut-offs.
    """
    placed = lists.select(SYSTEM, F.posexplode("items").alias("place", "item_id"))
    by_item = placed.groupBy(SYSTEM, "item_id").agg(*(F.count_if(F.col("place") < k).alias(str(k)) for k in ks))
    times = by_item.select(
        SYSTEM, F.explode(F.array(*(F.struct(F.lit(k).alias("k"), F.col(str(k)).alias("times")) for k in ks)))
    ).select(SYSTEM, "col.k", "col.times")
    counted: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for system, k, n_times, n_items in times.where("times > 0").groupBy(SYSTEM, "k", "times").count().collect():
        counted.setdefault((system, k), []).append((n_times, n_items))
    found: dict[str, dict[str, float]] = {}
    for (system, k), rows in sorted(counted.items()):
        n_times, n_items = np.array(sorted(rows), dtype=np.int64).T
        values = {f"coverage@{k}": n_items.sum() / n_eligible, f"gini@{k}": gini(n_times, n_items, n_eligible)}
        found.setdefault(system, {}).update({name: float(value) for name, value in values.items()})
    return found


def gini(n_times: IntArray, n_items: IntArray, n_eligible: int) -> float:
    """Return the Gini index of exposure: sum of (2 rank - n - 1) x times / (n x total), ranks from the least exposed.

    Args:
        n_times: int64[n], positive and ascending: how often an item was recommended.
        n_items: int64[n]: how many items were recommended so often; all other eligible ones never were.
        n_eligible: Items in all.
    """
    below = n_eligible - n_items[::-1].cumsum()[::-1]  # items that were recommended less often
    # The ranks below + 1 ... below + m sum to m (2 below + m + 1) / 2.
    weighted = n_items * (2 * below + n_items - n_eligible) * n_times
    return float(weighted.sum() / (n_eligible * (n_items * n_times).sum()))


def gini_within_reach(gini_of_all: float, n_eligible: int, n_reachable: int) -> float:
    """Return the Gini index over the items that so few lists could reach, the rest of the catalogue left out.

    Ten users' lists leave nearly all of a large catalogue out, whatever they hold; that is not the ranker's doing.
    Leaving out items without exposure scales 1 - Gini by the ratio of the catalogues' sizes.
    """
    return 1 - (1 - gini_of_all) * n_eligible / n_reachable
