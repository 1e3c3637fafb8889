"""Accuracy of top-k lists, a value a user.

Definitions (the project's protocols): recall@k = hits / |targets|; ndcg@k with binary gain, log2 discount and the
ideal over min(|targets|, k); hitrate@k, mrr@k and precision@k as usual.
"""

import numpy as np
import numpy.typing as npt

BoolMatrix = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
METRICS = ("recall", "ndcg", "hitrate", "mrr", "precision")


def user_metrics(hits: BoolMatrix, n_targets: npt.NDArray[np.int64], k: int) -> dict[str, FloatArray]:
    """Return each metric at ``k`` as float64[n_users], named like "ndcg@10".

    Args:
        hits: bool[n_users, >= k], whether the item at each place is a target; short lists are padded with False.
        n_targets: int64[n_users], at least 1.
        k: Cut-off.
    """
    top = hits[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[np.minimum(n_targets, k) - 1]
    n_hits = top.sum(axis=1)
    first = np.where(top.any(axis=1), top.argmax(axis=1) + 1, np.inf)
    values = {
        "recall": n_hits / n_targets,
        "ndcg": (top * discount).sum(axis=1) / ideal,
        "hitrate": (n_hits > 0).astype(np.float64),
        "mrr": 1 / first,
        "precision": n_hits / k,
    }
    return {f"{name}@{k}": values[name] for name in METRICS}
