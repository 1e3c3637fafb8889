"""Gather, from Spark, the bounded sample of users that rankers are chosen on."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.users import held_out_users, sample_users
from jobs.contract.settings import Settings
from jobs.contract.tables import USER_ID, Fold, Part
from jobs.interactions.aggregate import liked_pairs
from jobs.ranking.block import ORDER
from jobs.ranking.choose import Validation
from jobs.ranking.lists import depth
from jobs.ranking.statistics import ItemStatistics
from jobs.streamed import streamed


@contextlib.contextmanager
def gathered_validation(
    rows: DataFrame, items: ItemStatistics, parted: DataFrame, settings: Settings, scratch: Path
) -> Iterator[Validation]:
    """Yield the candidates of at most ``rank.max_validation_users`` users and what they took next.

    Args:
        rows: Candidates of the backtest, from ``rankable``.
        items: Of the backtest's training interactions.
        parted: Rows of ``interactions``.
        settings: The bounds and the seed.
        scratch: Folder that holds the candidates for the block's time.
    """
    held = liked_pairs(parted, Part.VALIDATION)
    scored = held_out_users(parted, Fold.BACKTEST, settings)
    # Another seed than that of held_out_users: the same hash would draw the same users again, and too many of them.
    users = sample_users(
        held.select(USER_ID).distinct().join(scored, on=USER_ID, how="left_semi"),
        settings.rank.max_validation_users,
        settings.split.seed + 1,
    ).persist()
    targets: dict[str, set[str]] = {}
    for user_id, item_id in held.join(users, on=USER_ID, how="left_semi").collect():
        targets.setdefault(user_id, set()).add(item_id)
    # Evidence says nothing of how good a candidate is, and is the larger half of its row.
    own = rows.join(users, on=USER_ID, how="left_semi").withColumn("evidence", F.array().cast("array<string>"))
    with streamed(own.orderBy(*ORDER), scratch) as sampled:
        yield Validation(sampled, targets, items, settings.ranker, depth(settings.rank.k), settings.evaluate.cutoffs[0])


def seen_modes(seen: str, with_seen: bool) -> list[bool]:
    """Return which ways of treating seen items compete: those that the setting and the candidates leave open.

    Args:
        seen: The setting ``rank.seen``.
        with_seen: Whether candidates hold seen items.
    """
    if seen == "auto":
        return [False, True] if with_seen else [False]
    return [seen != "remove" and with_seen]
