"""How well a model finds what users took next: NDCG over their validation items."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from jobs.evaluation.metrics import user_metrics
from jobs.training.gram import taken_matrix
from jobs.vectors.fading import faded
from jobs.vectors.top_k import FloatArray, top_k

MIN_USERS = 20
_USERS_AT_ONCE = 256
Scorer = Callable[[slice], FloatArray]


@dataclass(frozen=True)
class Cases:
    """Users with held-out items, in dense item indexes.

    Attributes:
        newer: float32[n_users, n_items], where a model may look: 1 and how many newer items the user liked.
        seen: float32[n_users, n_items], 1 where the user met the item before; never recommended, never a target.
        targets: float32[n_users, n_items], 1 where a validation item is.
        rows: int64[n_users], each user's row in the frame that the cases were built from.
    """

    newer: sparse.csr_matrix
    seen: sparse.csr_matrix
    targets: sparse.csr_matrix
    rows: np.ndarray

    def __len__(self) -> int:
        return int(self.newer.shape[0])

    def liked(self, half_life: float = 0.0) -> sparse.csr_matrix:
        """Return float32[n_users, n_items], what each liked item counts: 1, or less the older it is, from ``faded``."""
        counts = self.newer.copy()
        counts.data = faded(np.ones(len(counts.data), dtype=np.float32), half_life, counts.data - 1)
        return counts


def build_cases(users: pd.DataFrame, n_items: int) -> Cases:
    """Return the users who have a target among the first ``n_items`` items that they had not seen.

    Args:
        users: liked, newest first, seen, targets: lists of dense indexes, a row a user.
        n_items: Items a model covers; others do not count.
    """
    liked, seen, targets = (
        pa.array(users[name].tolist(), pa.list_(pa.int32())) for name in ("liked", "seen", "targets")
    )
    newer, seen, targets = (
        taken_matrix(liked, n_items, _places(liked)),
        taken_matrix(seen, n_items),
        taken_matrix(targets, n_items),
    )
    new = targets - targets.multiply(seen)
    new.eliminate_zeros()
    judged = np.flatnonzero(np.diff(new.tocsr().indptr))
    return Cases(newer[judged], seen[judged], new.tocsr()[judged], judged)


def by_weights(cases: Cases, weights: sparse.csr_matrix, half_life: float = 0.0) -> Scorer:
    """Return a scorer that sums the weights of what a user liked; 0 or less means "not from this model".

    Args:
        cases: The users.
        weights: float32[n_items, n_items]: row = item, column = liked item that speaks for it.
        half_life: For ``faded``; 0 = liked items count alike.
    """
    speaks, liked = weights.T.tocsr(), cases.liked(half_life)

    def scores(users: slice) -> FloatArray:
        found = (liked[users] @ speaks).toarray()
        found[found <= 0] = -np.inf
        return np.asarray(found)

    return scores


def _places(lists: pa.ListArray) -> FloatArray:
    """Return float32: each value's place in its list, from 1."""
    starts, lengths = lists.offsets.to_numpy()[:-1], np.diff(lists.offsets.to_numpy())
    return np.asarray(np.arange(lengths.sum()) - np.repeat(starts, lengths) + 1, dtype=np.float32)


def mean_ndcg(cases: Cases, scores: Scorer, k: int) -> float:
    """Return mean NDCG@k of recommending the unseen items with the best scores; ties go to the lower index.

    Args:
        cases: The users.
        scores: Gives float32[n, n_items] of a slice of them, an array that may be changed.
        k: Cut-off.
    """
    values = [_ndcg(cases, slice(at, at + _USERS_AT_ONCE), scores, k) for at in range(0, len(cases), _USERS_AT_ONCE)]
    return float(np.mean(np.concatenate(values))) if values else 0.0


def _ndcg(cases: Cases, users: slice, scores: Scorer, k: int) -> np.ndarray:
    found = scores(users)
    found[cases.seen[users].nonzero()] = -np.inf
    targets = cases.targets[users].toarray() > 0
    hits = np.zeros((len(found), k), dtype=bool)
    for row, best in enumerate(top_k(found, k)):
        hits[row, : len(best)] = targets[row, best]
    return user_metrics(hits, targets.sum(axis=1), k)[f"ndcg@{k}"]
