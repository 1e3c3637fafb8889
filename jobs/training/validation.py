"""How well a model finds what users took next: NDCG over their validation items."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from jobs.evaluation.metrics import user_metrics
from jobs.training.gram import taken_matrix
from jobs.vectors.top_k import FloatArray, top_k

MIN_USERS = 20
_USERS_AT_ONCE = 256
Scorer = Callable[[slice], FloatArray]


@dataclass(frozen=True)
class Cases:
    """Users with held-out items, in dense item indexes.

    Attributes:
        liked: float32[n_users, n_items], 1 where a model may look.
        seen: float32[n_users, n_items], 1 where the user met the item before; never recommended, never a target.
        targets: float32[n_users, n_items], 1 where a validation item is.
        rows: int64[n_users], each user's row in the frame that the cases were built from.
    """

    liked: sparse.csr_matrix
    seen: sparse.csr_matrix
    targets: sparse.csr_matrix
    rows: np.ndarray

    def __len__(self) -> int:
        return int(self.liked.shape[0])


def build_cases(users: pd.DataFrame, n_items: int) -> Cases:
    """Return the users who have a target among the first ``n_items`` items that they had not seen.

    Args:
        users: liked, seen, targets: lists of dense indexes, a row a user.
        n_items: Items a model covers; others do not count.
    """
    liked, seen, targets = (
        taken_matrix(pa.array(users[name].tolist(), pa.list_(pa.int32())), n_items)
        for name in ("liked", "seen", "targets")
    )
    new = targets - targets.multiply(seen)
    new.eliminate_zeros()
    judged = np.flatnonzero(np.diff(new.tocsr().indptr))
    return Cases(liked[judged], seen[judged], new.tocsr()[judged], judged)


def by_weights(cases: Cases, weights: sparse.csr_matrix) -> Scorer:
    """Return a scorer that sums the weights of what a user liked; 0 or less means "not from this model".

    Args:
        cases: The users.
        weights: float32[n_items, n_items]: row = item, column = liked item that speaks for it.
    """
    speaks = weights.T.tocsr()

    def scores(users: slice) -> FloatArray:
        found = (cases.liked[users] @ speaks).toarray()
        found[found <= 0] = -np.inf
        return np.asarray(found)

    return scores


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
