"""Weigh the sources' signals on validation, three ways. Which is best the data says.

``averaged_subsets``: the sources that help, by rank and all alike, averaged over resamples of the users. Where several
sources are of use none of them is known to be the best, and equal weights lose least (Caruana et al. 2004 average
selections likewise; a finer search of weights fitted the validation users' noise, EXPERIMENTS.md).

``logit``: what makes the things that users took most likely, by ranks and scores. Where one source knows more than the
others, it says by how much; where users take many things, as in a shop, it cares for more of them than a list holds.

``both``: their mean, unless one of them is clearly better.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from jobs.ranking.cases import Cases, user_ndcg

_RESAMPLES = 20
_TOLERATED_LOSS = 0.01
"""Share of NDCG that one more source may cost: a difference that small is noise, and a broader blend is steadier."""
_MIN_GAIN = 1e-6
_RIDGE = 4e-4
"""What the logit pays for the square of a weight; ten times more or less changes little (EXPERIMENTS.md)."""
_MAX_STEPS = 200
_PAIRS_AT_ONCE = 1 << 15

Weights = npt.NDArray[np.float32]
Weigh = Callable[[Cases, int, int], Weights]


def averaged_subsets(cases: Cases, k: int, seed: int) -> Weights:
    """Return float32[2 * n_sources], summing to 1: forward selection at equal weights, averaged over resamples.

    Args:
        cases: The users.
        k: Cut-off of the NDCG.
        seed: Of the resamples.
    """
    rng = np.random.default_rng(seed)
    known: dict[frozenset[int], npt.NDArray[np.float64]] = {}

    def ndcg(subset: frozenset[int], times: npt.NDArray[np.int64]) -> float:
        if subset not in known:
            known[subset] = user_ndcg(cases, cases.signals[:, :, sorted(subset)].sum(axis=2), k)
        return float(known[subset] @ times / len(cases))

    total = np.zeros(cases.signals.shape[2])
    for _ in range(_RESAMPLES):
        times = np.bincount(rng.integers(0, len(cases), len(cases)), minlength=len(cases))
        chosen = _forward(partial(ndcg, times=times), cases.signals.shape[2] // 2)
        total[sorted(chosen)] += 1 / len(chosen)
    return np.asarray(total / _RESAMPLES, dtype=np.float32)


def _forward(ndcg: Callable[[frozenset[int]], float], n_sources: int) -> frozenset[int]:
    """Return the best source and, one by one, those that cost at most ``_TOLERATED_LOSS`` of the best reached."""
    chosen = frozenset({max(range(n_sources), key=lambda source: ndcg(frozenset({source})))})
    reached = ndcg(chosen)
    while len(chosen) < n_sources:
        further = [chosen | {source} for source in range(n_sources) if source not in chosen]
        best = max(further, key=ndcg)
        if ndcg(best) <= reached * (1 - _TOLERATED_LOSS) + _MIN_GAIN:
            break
        chosen, reached = best, max(reached, ndcg(best))
    return chosen


def logit(cases: Cases, k: int, seed: int) -> Weights:
    """Return float32[2 * n_sources], none below 0 and summing to 1, that make what users took most likely.

    Each item taken is a choice among the user's candidates (the conditional logit of McFadden 1974; as a loss of
    lists: ListNet, Cao et al. 2007). Users count alike, however much they took. No chance in it.

    Args:
        cases: The users; those whose candidates hold nothing that they took say nothing.
        k: Ignored: the likelihood has no cut-off.
        seed: Ignored.
    """
    telling = np.flatnonzero(cases.hits.any(axis=1))
    n_signals = cases.signals.shape[2]
    if not len(telling):
        return np.asarray(np.eye(n_signals, dtype=np.float32)[0])
    taken = cases.hits[telling]
    own = cases.signals[telling].reshape(-1, n_signals)
    mean_taken = _sum_of(own, taken / taken.sum(axis=1, keepdims=True)) / len(telling)
    # Padding has no signals, as has no candidate: every candidate was named by a source.
    padding = np.where(own.any(axis=1), np.float32(0), -np.inf).astype(np.float32)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = (own @ weights.astype(np.float32) + padding).reshape(taken.shape).astype(np.float64)
        highest = scores.max(axis=1, keepdims=True)
        odds = np.exp(scores - highest)
        total = odds.sum(axis=1, keepdims=True)
        expected = _sum_of(own, odds / total) / len(telling)
        unlikely = float((highest + np.log(total)).mean() - mean_taken @ weights)
        return unlikely + _RIDGE * float(weights @ weights), expected - mean_taken + 2 * _RIDGE * weights

    start = np.full(n_signals, 1 / n_signals)
    found = minimize(loss, start, jac=True, bounds=[(0, None)] * n_signals, options={"maxiter": _MAX_STEPS}).x
    return np.asarray(found / found.sum() if found.any() else start, dtype=np.float32)


def _sum_of(signals: Weights, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return float64[n_signals]: the sum of the pairs' signals, each times its share.

    Single products are float32, for which a fit takes a fifth of the time; sums of many are not (EXPERIMENTS.md).

    Args:
        signals: float32[n_pairs, n_signals].
        shares: [n_users, n_candidates], as many as there are pairs.
    """
    flat = shares.reshape(-1).astype(np.float32)
    total = np.zeros(signals.shape[1])
    for start in range(0, len(flat), _PAIRS_AT_ONCE):
        total += flat[start : start + _PAIRS_AT_ONCE] @ signals[start : start + _PAIRS_AT_ONCE]
    return total


def every_way(cases: Cases, k: int, seed: int) -> dict[str, Weights]:
    """Return float32[2 * n_sources] by the names of ``WAYS`` and in their order, each fitted once.

    ``both`` is the mean of the other two, each by how far its scores spread.

    Args:
        cases: The users.
        k: Cut-off of the NDCG.
        seed: Of the resamples.
    """
    steady, likely = averaged_subsets(cases, k, seed), logit(cases, k, seed)
    total = sum(
        weights / max(float((cases.signals @ weights).std(axis=1).mean()), 1e-12) for weights in (steady, likely)
    )
    mean = np.asarray(total / np.sum(total), dtype=np.float32)
    return {"both": mean, "averaged_subsets": steady, "logit": likely}


def both(cases: Cases, k: int, seed: int) -> Weights:
    """Return the weights that ``every_way`` calls by this name."""
    return every_way(cases, k, seed)["both"]


WAYS: dict[str, Weigh] = {"both": both, "averaged_subsets": averaged_subsets, "logit": logit}
"""By name; of equals the first is taken: the mean was never far from the better of the two (EXPERIMENTS.md)."""
