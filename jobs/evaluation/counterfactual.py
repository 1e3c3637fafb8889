"""Click-through rates from a dataset's logged impressions: of a policy that was logged too, or of a night's lists."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.errors import DatasetError
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID
from jobs.evaluation.logged_feedback import (
    CHOICES,
    distinct,
    impressions_of,
    kept_on_disk,
    logged_impressions,
    numbers,
    sample,
    with_choices,
)
from jobs.evaluation.off_policy import off_policy, on_policy
from jobs.evaluation.policies import ListPolicy, new_policy, policy_of_log

NOTHING_LOGGED = (
    "no impression with impression_id and propensity was logged: click-through rates from logged feedback step aside"
)


def ctr_of_arm(impressions: DataFrame, arms: tuple[str, str], settings: Settings) -> dict[str, Any]:
    """Return the click-through rate of an arm from another one's log, beside what its own log shows.

    The target is taken to choose whoever looks (``policy_of_log``); of a policy that knows its users this estimates
    what its mean over them would have had.

    Args:
        impressions: As from ``logged_impressions``.
        arms: (whose log answers, which arm is asked about).
        settings: evaluate.max_impressions, evaluate.bootstrap, split.seed.

    Raises:
        DatasetError: If an arm was never logged, naming those that were.
    """
    seed, n_resamples = settings.split.seed, settings.evaluate.bootstrap
    with kept_on_disk(impressions) as kept:
        tables = [_log_of(kept, arm, settings) for arm in arms]
    items = distinct(*(table[ITEM_ID] for table in tables))
    positions = distinct(*(table["position"] for table in tables))
    log, own = (impressions_of(table, items, positions) for table in tables)
    policy = policy_of_log(own)
    return {
        "from": arms[0],
        "to": arms[1],
        "own_log": {"n": len(own.items), **asdict(on_policy(own.logged, n_resamples, seed))},
        "propensities_of_target": "stated by its log" if policy.exact else "shares of its log",
        **asdict(off_policy(log.logged, new_policy(log, policy, seed), n_resamples, seed)),
    }


def ctr_of_lists(events: DataFrame, lists: DataFrame, k: int, settings: Settings) -> dict[str, Any]:
    """Return the click-through rate that lists would have had in the logged places, or why there is none.

    Args:
        events: Columns of validated_events.
        lists: user_id, item_ids array<string>, best first.
        k: Items of a list that are shown.
        settings: evaluate.max_impressions, evaluate.bootstrap, split.seed.

    Returns:
        {"estimates", "n", "n_clicks", "effective_n", ..., "n_left_out": impressions without a list for their user or
        with a position past it}, or {"stepped_aside": sentence}.
    """
    seed = settings.split.seed
    with kept_on_disk(logged_impressions(events)) as impressions:
        n_logged = impressions.count()
        if not n_logged:
            return {"stepped_aside": NOTHING_LOGGED}
        with kept_on_disk(with_choices(impressions, lists, k)) as placed:
            n_placed = placed.count()
            if not n_placed:
                return {"stepped_aside": f"none of {n_logged:,} logged impressions is in a place that a list fills"}
            table = sample(placed, settings.evaluate.max_impressions, seed)
    choices, sizes = pc.list_flatten(table[CHOICES]), pc.list_value_length(table[CHOICES])
    items = distinct(table[ITEM_ID], choices)
    log = impressions_of(table, items, distinct(table["position"]))
    policy = ListPolicy(numbers(choices, items), np.concatenate([[0], np.cumsum(sizes.to_numpy())]))
    estimated = off_policy(log.logged, new_policy(log, policy, seed), settings.evaluate.bootstrap, seed)
    return {"k": k, "n_left_out": n_logged - n_placed, **asdict(estimated)}


def _log_of(impressions: DataFrame, arm: str, settings: Settings) -> pa.Table:
    table = sample(impressions.where(F.col("arm") == arm), settings.evaluate.max_impressions, settings.split.seed)
    if not len(table):
        found = sorted(row[0] for row in impressions.select("arm").distinct().dropna().limit(100).collect())
        if not found:
            raise DatasetError(f"Nothing to answer from: {NOTHING_LOGGED}. Such impressions need an arm too.")
        raise DatasetError(
            f"No impression with a propensity was logged by arm {arm!r}; expected one of {', '.join(found)}."
        )
    return table
