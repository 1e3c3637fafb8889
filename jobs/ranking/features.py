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
            block.standardised,
            (block.rows >= 0).sum(axis=1),
            items.of(block.item_ids),
            user[block.user_of],
        ]
    ).astype(np.float32)
