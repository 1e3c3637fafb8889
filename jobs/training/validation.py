"""How well a linear model finds what users took next: NDCG over their validation items."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from jobs.evaluation.metrics import user_metrics
from jobs.training.gram import taken_matrix
from jobs.vectors.top_k import top_k

MIN_USERS = 20
_USERS_AT_ONCE = 256


@dataclass(frozen=True)
class Cases:
    """Users with held-out items, in dense item indexes.

    Attributes:
        liked: float32[n_users, n_items], 1 where a model may look.
        seen: float32[n_users, n_items], 1 where the user met the item before; never recommended, never a target.
        targets: float32[n_users, n_items], 1 where a validation item is.
    """

    liked: sparse.csr_matrix
    seen: sparse.csr_matrix
    targets: sparse.csr_matrix

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
    return Cases(liked[judged], seen[judged], new.tocsr()[judged])


def mean_ndcg(cases: Cases, weights: sparse.csr_matrix, k: int) -> float:
    """Return mean NDCG@k of recommending by ``weights``; ties go to the lower index.

    Args:
        cases: The users.
        weights: float32[n_items, n_items]: row = item, column = liked item that speaks for it.
        k: Cut-off.
    """
    speaks = weights.T.tocsr()
    values = [_ndcg(cases, slice(at, at + _USERS_AT_ONCE), speaks, k) for at in range(0, len(cases), _USERS_AT_ONCE)]
    return float(np.mean(np.concatenate(values))) if values else 0.0


def _ndcg(cases: Cases, users: slice, speaks: sparse.csr_matrix, k: int) -> np.ndarray:
    scores = (cases.liked[users] @ speaks).toarray()
    scores[scores <= 0] = -np.inf
    scores[cases.seen[users].nonzero()] = -np.inf
    targets = cases.targets[users].toarray() > 0
    hits = np.zeros((len(scores), k), dtype=bool)
    for row, best in enumerate(top_k(scores, k)):
        hits[row, : len(best)] = targets[row, best]
    return user_metrics(hits, targets.sum(axis=1), k)[f"ndcg@{k}"]
