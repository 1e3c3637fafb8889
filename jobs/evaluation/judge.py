"""Hold the lists of several systems against the same users' targets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.evaluation.metrics import FloatArray, user_metrics

SYSTEM = "system"


@dataclass(frozen=True)
class Judged:
    """Metrics of every system for the same users.

    Attributes:
        user_ids: The users with at least one target, in byte order.
        values: System -> metric -> float64[n_users]; NaN where a metric has no value for a user, some user has one.
    """

    user_ids: list[str]
    values: dict[str, dict[str, FloatArray]]

    def extended(self, values: dict[str, dict[str, FloatArray]]) -> "Judged":
        """Return a copy with further metrics, and further systems, of the same users."""
        systems = [*self.values, *(system for system in values if system not in self.values)]
        return Judged(
            self.user_ids, {system: {**self.values.get(system, {}), **values.get(system, {})} for system in systems}
        )


def judge(lists: DataFrame, targets: DataFrame, systems: list[str], ks: list[int]) -> Judged:
    """Return every system's metrics; a user to whom a system gives no list counts with zeros.

    Args:
        lists: system, user_id, items array<string>, best first.
        targets: user_id, item_id; at most as many users as the settings allow, since a row a user and system is
            collected.
        systems: Their names.
        ks: Cut-offs.
    """
    wanted = targets.groupBy(USER_ID).agg(F.collect_set(ITEM_ID).alias("wanted")).persist()
    counts = {row[USER_ID]: row[1] for row in wanted.select(USER_ID, F.size("wanted")).collect()}
    user_ids = sorted(counts, key=str.encode)
    place = {user_id: row for row, user_id in enumerate(user_ids)}
    n_targets = np.array([counts[user_id] for user_id in user_ids], dtype=np.int64)
    hits = {system: np.zeros((len(user_ids), max(ks)), dtype=bool) for system in systems}
    found = lists.join(wanted, on=USER_ID, how="inner").select(
        SYSTEM, USER_ID, F.transform(F.slice("items", 1, max(ks)), lambda item: F.array_contains("wanted", item))
    )
    for system, user_id, row in found.collect():
        hits[system][place[user_id], : len(row)] = row
    wanted.unpersist()
    return Judged(user_ids, {system: _all_metrics(hits[system], n_targets, ks) for system in systems})


def _all_metrics(hits: npt.NDArray[np.bool_], n_targets: npt.NDArray[np.int64], ks: list[int]) -> dict[str, FloatArray]:
    return {name: values for k in ks for name, values in user_metrics(hits, n_targets, k).items()}
