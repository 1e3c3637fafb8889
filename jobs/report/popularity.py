"""How popular what is recommended is, beside how popular what the same users took is."""

from typing import Any

import numpy as np
import numpy.typing as npt

N_PARTS = 10


def popularity_deciles(
    popularity: npt.NDArray[np.int64], taken: npt.NDArray[np.int64], listed: npt.NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Return where histories and lists lie among the items, least popular tenth first.

    Args:
        popularity: int64[n_items], users who took the item in training; ties are parted by the items' order.
        taken: int64[n_items], how often it stands in the users' histories.
        listed: int64[n_items], how often in their lists.

    Returns:
        Rows of decile (from 1; fewer than ten where there are fewer items), share_of_history, share_of_lists. Empty
        where there is no list or no history.
    """
    n_items = len(popularity)
    if not n_items or not taken.sum() or not listed.sum():
        return []
    n_parts = min(N_PARTS, n_items)
    place = np.empty(n_items, dtype=np.int64)
    place[np.argsort(popularity, kind="stable")] = np.arange(n_items)
    part = place * n_parts // n_items
    histories = np.bincount(part, weights=taken, minlength=n_parts) / taken.sum()
    lists = np.bincount(part, weights=listed, minlength=n_parts) / listed.sum()
    return [
        {"decile": row + 1, "share_of_history": float(histories[row]), "share_of_lists": float(lists[row])}
        for row in range(n_parts)
    ]
