"""What the learned ranker knows of each candidate."""

import numpy as np

from jobs.ranking.block import Block
from jobs.ranking.fusion import FloatArray, shares
from jobs.ranking.statistics import ITEM_COLUMNS, ItemStatistics

USER_COLUMNS = ("n_liked", "idle_days")


def feature_names(sources: list[str]) -> list[str]:
    """Return the names of the columns of ``features``."""
    return [
        *(f"{source}_rank" for source in sources),
        *(f"{source}_score" for source in sources),
        "n_sources",
        *(f"item_{name}" for name in ITEM_COLUMNS),
        *(f"user_{name}" for name in USER_COLUMNS),
    ]


def features(block: Block, items: ItemStatistics) -> FloatArray:
    """Return float32[n_pairs, n_features].

    Each source's reciprocal rank, 0 where it did not name the item; its score, standardised among the user's candidates
    of that source, NaN likewise; how many sources named it; what training says of the item and of the user.

    Args:
        block: The candidates.
        items: Of the fold's training interactions.
    """
    user = np.column_stack([block.users[name].to_numpy().astype(np.float32) for name in USER_COLUMNS])
    return np.column_stack(
        [
            shares(block.ranks),
            _standardised_by_source(block),
            (block.rows >= 0).sum(axis=1),
            items.of(block.item_ids),
            user[block.user_of],
        ]
    ).astype(np.float32)


def _standardised_by_source(block: Block) -> FloatArray:
    """Return float32[n_pairs, n_sources]: scores standardised among those that a source gave a user."""
    named = block.rows >= 0
    values = np.where(named, block.scores, 0).astype(np.float64)
    starts = np.minimum(block.starts[:-1], max(0, len(block) - 1))
    n_users = len(block.starts) - 1
    if not n_users:
        return block.scores
    count = np.maximum(np.add.reduceat(named, starts, axis=0), 1)
    mean = np.add.reduceat(values, starts, axis=0) / count
    user_of = block.user_of
    centred = np.where(named, values - mean[user_of], 0)
    spread = np.sqrt(np.add.reduceat(centred**2, starts, axis=0) / count)
    scaled = centred / np.where(spread > 0, spread, 1)[user_of]
    return np.where(named, scaled, np.nan).astype(np.float32)
