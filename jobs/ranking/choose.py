"""Choose the blend on validation: coordinate ascent on NDCG over a bounded sample of users, in memory.

Cost: users x candidates x sources float32, once, and one small matrix product a weight tried.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.ranking.blend import RANK_CONSTANT, Blend

GRID = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)
ROUNDS = 3
MIN_USERS = 20
_MIN_GAIN = 1e-6
_COMPARISONS_AT_ONCE = 1 << 24

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Cases:
    """Validation users as padded arrays.

    Attributes:
        features: float32[n_users, n_candidates, n_sources], reciprocal ranks; 0 = not from that source.
        hits: bool[n_users, n_candidates], whether the candidate is one of the user's validation items.
        n_targets: int64[n_users], validation items per user, candidates or not.
    """

    features: npt.NDArray[np.float32]
    hits: npt.NDArray[np.bool_]
    n_targets: npt.NDArray[np.int64]


def build_cases(candidates: pd.DataFrame, targets: pd.DataFrame, sources: list[str]) -> Cases:
    """Lay out validation users.

    Args:
        candidates: user_id, item_id, source, source_rank of the competing candidates.
        targets: user_id, item_id of the validation items; users without candidates count with zero hits.
        sources: Their order in ``features``.
    """
    users = {user: row for row, user in enumerate(sorted(targets[USER_ID].unique()))}
    own = candidates[candidates[USER_ID].isin(users)]
    pairs = own[[USER_ID, ITEM_ID]].drop_duplicates().sort_values([USER_ID, ITEM_ID])
    pairs = pairs.assign(row=pairs[USER_ID].map(users), place=pairs.groupby(USER_ID).cumcount())
    width = int(pairs["place"].max()) + 1 if len(pairs) else 1
    features = np.zeros((len(users), width, len(sources)), dtype=np.float32)
    placed = own.merge(pairs, on=[USER_ID, ITEM_ID], how="inner")
    column = placed["source"].map({source: i for i, source in enumerate(sources)}).to_numpy()
    shares = RANK_CONSTANT / (RANK_CONSTANT + placed["source_rank"].to_numpy())
    features[placed["row"].to_numpy(), placed["place"].to_numpy(), column] = shares
    hits = np.zeros((len(users), width), dtype=bool)
    hit = pairs.merge(targets, on=[USER_ID, ITEM_ID], how="inner")
    hits[hit["row"].to_numpy(), hit["place"].to_numpy()] = True
    n_targets = np.asarray(targets.groupby(USER_ID)[ITEM_ID].nunique().sort_index(), dtype=np.int64)
    return Cases(features, hits, n_targets)


def mean_ndcg(cases: Cases, weights: Weights, k: int) -> float:
    """Return mean NDCG@k of the users under ``weights``; ties go against the hit, so that a constant earns nothing."""
    scores = cases.features @ weights
    user, place = np.nonzero(cases.hits & (scores > 0))
    at_once = max(1, _COMPARISONS_AT_ONCE // scores.shape[1])
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
    dcg = np.bincount(user, weights=gains, minlength=len(cases.n_targets))
    ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))
    return float(np.mean(dcg / ideal[np.minimum(cases.n_targets, k) - 1]))


def choose_weights(cases: Cases, k: int) -> tuple[Weights, float]:
    """Return the best weights found, and their NDCG: from the best single source, one weight at a time over GRID."""
    n_sources = cases.features.shape[2]
    singles = [mean_ndcg(cases, row, k) for row in np.eye(n_sources, dtype=np.float32)]
    best = np.eye(n_sources, dtype=np.float32)[int(np.argmax(singles))]
    reached = max(singles)
    for _ in range(ROUNDS):
        before = reached
        for source, value in itertools.product(range(n_sources), GRID):
            tried = best.copy()
            tried[source] = value
            ndcg = mean_ndcg(cases, tried, k) if tried.any() else 0.0
            if ndcg > reached + _MIN_GAIN:
                best, reached = tried, ndcg
        if reached <= before + _MIN_GAIN:
            break
    return best, reached


def equal_blend(sources: list[str], keep_seen: bool, why: str) -> Blend:
    """Return the blend used where there is too little data to choose one."""
    return Blend(dict.fromkeys(sources, 1.0), keep_seen, {"chosen": False, "why": why})
