"""Weigh the sources on validation, two ways: a steady one and a sharp one. Which is better the data says.

``averaged_subsets``: the sources that help, all alike, averaged over resamples of the users. Where several sources are
of use none of them is known to be the best, and equal weights lose least (Caruana et al. 2004 average selections
likewise; a finer search of weights fitted the validation users' noise, EXPERIMENTS.md).

``coordinate_ascent``: one weight at a time over a grid. Where one source rules, as what is bought again does in a shop,
it says by how much.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from jobs.ranking.cases import Cases, user_ndcg

GRID = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)
_ROUNDS = 3
_MIN_GAIN = 1e-6
_RESAMPLES = 20
_TOLERATED_LOSS = 0.01
"""Share of NDCG that one more source may cost: a difference that small is noise, and a broader blend is steadier."""

Weights = npt.NDArray[np.float32]
Weigh = Callable[[Cases, int, int], Weights]


def averaged_subsets(cases: Cases, k: int, seed: int) -> Weights:
    """Return float32[n_sources], summing to 1: forward selection at equal weights, averaged over bootstrap resamples.

    Args:
        cases: The users.
        k: Cut-off of the NDCG.
        seed: Of the resamples.
    """
    rng = np.random.default_rng(seed)
    known: dict[frozenset[int], npt.NDArray[np.float64]] = {}

    def ndcg(subset: frozenset[int], times: npt.NDArray[np.int64]) -> float:
        if subset not in known:
            known[subset] = user_ndcg(cases, cases.shares[:, :, sorted(subset)].sum(axis=2), k)
        return float(known[subset] @ times / len(cases))

    total = np.zeros(cases.shares.shape[2])
    for _ in range(_RESAMPLES):
        times = np.bincount(rng.integers(0, len(cases), len(cases)), minlength=len(cases))
        chosen = _forward(partial(ndcg, times=times), cases.shares.shape[2])
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


def coordinate_ascent(cases: Cases, k: int, seed: int) -> Weights:
    """Return float32[n_sources]: from the best single source, one weight at a time over ``GRID``; no chance in it."""
    n_sources = cases.shares.shape[2]
    singles = [_mean_ndcg(cases, row, k) for row in np.eye(n_sources, dtype=np.float32)]
    best = np.eye(n_sources, dtype=np.float32)[int(np.argmax(singles))]
    reached = max(singles)
    for _ in range(_ROUNDS):
        before = reached
        for source in range(n_sources):
            others = np.where(np.arange(n_sources) == source, np.float32(0), best)
            rest, own = cases.shares @ others, cases.shares[:, :, source]
            for value in GRID if others.any() else GRID[1:]:
                ndcg = float(user_ndcg(cases, rest + np.float32(value) * own, k).mean())
                if ndcg > reached + _MIN_GAIN:
                    best, reached = others.copy(), ndcg
                    best[source] = value
        if reached <= before + _MIN_GAIN:
            break
    return np.asarray(best)


def _mean_ndcg(cases: Cases, weights: Weights, k: int) -> float:
    return float(user_ndcg(cases, cases.shares @ weights, k).mean())


WAYS: dict[str, Weigh] = {"averaged_subsets": averaged_subsets, "coordinate_ascent": coordinate_ascent}
"""By name; of equals the first is taken."""
