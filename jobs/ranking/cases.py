"""Validation users as padded arrays, and the NDCG of any score of their candidates."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jobs.ranking.block import Block
from jobs.ranking.fusion import FloatArray, IntArray
from jobs.ranking.signals import signals

_COMPARISONS_AT_ONCE = 1 << 24


@dataclass(frozen=True)
class Cases:
    """Users with held-out items.

    Attributes:
        signals: float32[n_users, n_candidates, 2 * n_sources]; 0 = not from that source, or padding.
        hits: bool[n_users, n_candidates], whether the candidate is one of the user's held-out items.
        n_targets: int64[n_users], held-out items per user, candidates or not.
    """

    signals: FloatArray
    hits: npt.NDArray[np.bool_]
    n_targets: IntArray

    def __len__(self) -> int:
        return len(self.n_targets)

    def only(self, users: npt.NDArray[np.bool_] | IntArray) -> "Cases":
        """Return the cases of some of the users."""
        return Cases(self.signals[users], self.hits[users], self.n_targets[users])


@dataclass(frozen=True)
class Placed:
    """Where each pair of a block lies in padded arrays.

    Attributes:
        user: int64[n_pairs], its row.
        place: int64[n_pairs], its column.
        hit: bool[n_pairs].
    """

    user: IntArray
    place: IntArray
    hit: npt.NDArray[np.bool_]

    def padded(self, values: npt.NDArray[np.floating], fill: float) -> npt.NDArray[np.float64]:
        """Return float64[n_users, n_candidates] of values float[n_pairs]; users without candidates have no row yet."""
        whole = np.full((int(self.user.max(initial=-1)) + 1, int(self.place.max(initial=-1)) + 1), fill)
        whole[self.user, self.place] = values
        return whole


def build_cases(block: Block, targets: dict[str, set[str]]) -> tuple[Cases, Placed]:
    """Lay out the users of ``targets``; those without candidates count with zero hits.

    Args:
        block: Candidates of some of them, and of nobody else.
        targets: User -> held-out items, at least one each.
    """
    with_candidates = block.users["user_id"].to_pylist()
    without = sorted(targets.keys() - set(with_candidates), key=str.encode)
    width = int(np.diff(block.starts).max(initial=1))
    user, place = block.user_of, block.place_of
    hit = np.array(
        [item in targets[with_candidates[u]] for u, item in zip(user, block.item_ids.to_pylist(), strict=True)],
        dtype=bool,
    )
    n_users = len(with_candidates) + len(without)
    padded = np.zeros((n_users, width, 2 * block.ranks.shape[1]), dtype=np.float32)
    hits = np.zeros((n_users, width), dtype=bool)
    padded[user, place] = signals(block)
    hits[user, place] = hit
    n_targets = np.array([len(targets[user_id]) for user_id in [*with_candidates, *without]], dtype=np.int64)
    return Cases(padded, hits, n_targets), Placed(user, place, hit)


def user_ndcg(cases: Cases, scores: npt.NDArray[np.floating], k: int, floor: float = 0.0) -> npt.NDArray[np.float64]:
    """Return float64[n_users], each user's NDCG@k; ties go against the hit, so that a constant earns nothing.

    Args:
        cases: The users.
        scores: [n_users or fewer, n_candidates]; missing users have no candidates.
        k: Cut-off.
        floor: Scores must lie above it to be recommended at all.
    """
    n_scored = len(scores)
    counting = cases.hits[:n_scored] & (scores > floor)
    if scores.shape[1] > k:
        # Below a user's k-th score nothing counts: only the few hits above it are compared with everything.
        counting &= scores >= np.partition(scores, -k, axis=1)[:, -k, None]
    user, place = np.nonzero(counting)
    at_once = max(1, _COMPARISONS_AT_ONCE // max(1, scores.shape[1]))
    rank = np.concatenate(
        [
            (scores[user[i : i + at_once]] >= scores[user[i : i + at_once], place[i : i + at_once]][:, None]).sum(
                axis=1
            )
            for i in range(0, len(user), at_once)
        ]
        or [np.zeros(0)]
    )
    gains = np.where(rank <= k, 1 / np.log2(rank + 1), 0.0)
    dcg = np.bincount(user, weights=gains, minlength=len(cases))
    ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))
    return np.asarray(dcg / ideal[np.minimum(cases.n_targets, k) - 1])
