"""A place for the new: items that nobody met yet have no past to be ranked by.

Weights and trees are fitted to what was taken, and so learn that sources which alone name new items (text, attention)
are of little use, and leave them out. Without a place they would wait for events that only a place can bring.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.ranking.block import Block
from jobs.ranking.fusion import BoolArray, shares
from jobs.ranking.statistics import ItemStatistics

FloatArray = npt.NDArray[np.float64]


def with_new_items(block: Block, scores: FloatArray, items: ItemStatistics, place: int) -> FloatArray:
    """Return the scores with each user's best new item lifted to ``place``, where none stands as high already.

    New is what training does not know; a user's best is the one that all sources alike speak for most, and one of them
    must name it among its first ``place``: nobody is shown what is new alone. In a shorter list it comes last.

    Args:
        block: The candidates.
        scores: float64[n_pairs], -inf for what is not recommended.
        items: Of the fold's training interactions.
        place: From 1; 0 = nothing is lifted.

    Returns:
        float64[n_pairs]; the same where there is nothing new.
    """
    near = near_new_items(block, items, place)
    if not near.any():
        return scores
    new = _new(block.item_ids, items)
    raised = scores.copy()
    liking = np.where(near, shares(block.ranks).sum(axis=1), -np.inf)
    for start, end in zip(block.starts[:-1], block.starts[1:], strict=True):
        if near[start:end].any():
            best = start + int(np.argmax(liking[start:end]))
            raised[best] = _lifted(scores[start:end], new[start:end], best - start, place)
    return raised


def near_new_items(block: Block, items: ItemStatistics, place: int) -> BoolArray:
    """Return bool[n_pairs]: new items that a source names among its first ``place``, one of which is to be lifted."""
    near = np.asarray((np.nan_to_num(block.ranks, nan=np.inf) <= place).any(axis=1))
    near[near] = _new(block.item_ids.filter(pa.array(near)), items)  # names are looked up of these alone
    return near


def _new(item_ids: pa.StringArray, items: ItemStatistics) -> BoolArray:
    return np.asarray(pc.is_null(pc.index_in(item_ids, items.item_ids)).to_numpy(zero_copy_only=False))


def _lifted(scores: FloatArray, new: npt.NDArray[np.bool_], best: int, place: int) -> float:
    """Return the score of one user's best new item."""
    order = np.argsort(-scores, kind="stable")
    listed = order[np.isfinite(scores[order])]
    if new[listed[:place]].any():
        return float(scores[best])
    if len(listed) < place:
        return float(np.nextafter(scores[listed[-1]], -np.inf)) if len(listed) else 0.0
    return float(np.nextafter(scores[listed[place - 1]], np.inf))
