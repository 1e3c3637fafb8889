"""Choose the ranker on validation: each way of weighing, and the trees, judged on users that they were not fitted to.

Cost: users x candidates x signals float32, a few hundred sums over them, and trees fitted four times.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.dataset

from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.block import build_large_block
from jobs.ranking.boosted import fit_boosted
from jobs.ranking.cases import Cases, Placed, build_cases, user_ndcg
from jobs.ranking.features import feature_names, features
from jobs.ranking.fusion import FloatArray, IntArray
from jobs.ranking.ranker import Ranker, equal_ranker, mixed
from jobs.ranking.statistics import ItemStatistics
from jobs.ranking.weights import WAYS, every_way

MIN_USERS = 20
"""Validation users below which nothing is chosen."""
_FOLDS = 3
_TREE_WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)
_ERRORS_OF_THE_BEST = 2.0
"""Trees compete as the best of many settings, which luck alone lifts (EXPERIMENTS.md)."""


@dataclass(frozen=True)
class Validation:
    """What rankers are chosen on: candidates from models that never saw the targets.

    Attributes:
        rows: ``COLUMNS`` of the users of ``targets`` and of nobody else, sorted by ``ORDER``; evidence may be empty.
            They are read anew each time that they are laid out: in a shop they are too many to hold.
        targets: User -> items held out, at least one each.
        items: Of the interactions that the models saw.
        settings: Of the trees.
        depth: Candidates scored a user.
        k: Cut-off of the NDCG.
    """

    rows: pa.dataset.Dataset
    targets: dict[str, set[str]]
    items: ItemStatistics
    settings: RankerSettings
    depth: int
    k: int


@dataclass(frozen=True)
class _Data:
    """The validation's users laid out for some sources."""

    cases: Cases
    placed: Placed
    known: FloatArray | None  # float32[n_pairs, n_features]; None = too few hits for trees
    fold_of: IntArray  # of each user

    @property
    def features(self) -> FloatArray:
        if self.known is None:
            raise ValueError("trees are fitted only where features were computed")
        return self.known


def choose_ranker(validation: Validation, sources: list[str], keep_seen: bool) -> Ranker:
    """Return the ranker with the weights, and the trees if they help, that do best on users they were not fitted to.

    Equal weights where fewer than ``MIN_USERS`` users are held out, or no source has candidates for them.
    """
    if not sources:
        return equal_ranker(sources, keep_seen, "no source has candidates both in the backtest and for tonight")
    if len(validation.targets) < MIN_USERS:
        return equal_ranker(sources, keep_seen, f"fewer than {MIN_USERS} validation users")
    k, seed = validation.k, validation.settings.seed
    data = _laid_out(validation, sources, keep_seen)
    by_way = _held_out_fusions(data, k, seed)
    reached = {name: user_ndcg(data.cases, scores, k) for name, scores in by_way.items()}
    way = next(iter(WAYS))
    for name in WAYS:
        way = name if clearly_better(reached[name], reached[way]) else way
    report: dict[str, Any] = {
        "chosen": True,
        "users": len(data.cases),
        "targets": int(data.cases.n_targets.sum()),
        "hits": int(data.placed.hit.sum()),
        "weighed_by": way,
        "held_out_ndcg": {name: round(float(ndcg.mean()), 4) for name, ndcg in reached.items()},
        "ndcg": float(reached[way].mean()),
    }
    fused = Ranker(sources, WAYS[way](data.cases, k, seed), keep_seen, validation=report)
    if data.known is None:
        return _said(fused, f"fewer than {validation.settings.min_hits} hits to learn from")
    return _with_trees(fused, data, by_way[way], validation.settings, k)


def without_source(validation: Validation, ranker: Ranker, source: str) -> Ranker:
    """Return what the chosen ranker would be if there were no ``source``: fitted anew, decided alike."""
    sources = [name for name in ranker.sources if name != source]
    if not ranker.validation.get("chosen"):
        return equal_ranker(sources, ranker.keep_seen, ranker.validation["why"])
    settings = validation.settings
    data = _laid_out(validation, sources, ranker.keep_seen)
    weights = WAYS[ranker.validation["weighed_by"]](data.cases, validation.k, settings.seed)
    if ranker.trees is None or data.known is None:
        return Ranker(sources, weights, ranker.keep_seen)
    trees = fit_boosted(data.features, data.placed.hit, data.placed.user, settings, ranker.rounds)
    return Ranker(sources, weights, ranker.keep_seen, trees, ranker.trees_weight, ranker.rounds)


def _laid_out(validation: Validation, sources: list[str], keep_seen: bool) -> _Data:
    block = build_large_block(validation.rows, sources, keep_seen, validation.depth)
    cases, placed = build_cases(block, validation.targets)
    enough = placed.hit.sum() >= validation.settings.min_hits
    chance = np.random.default_rng(validation.settings.seed)
    known = features(block, validation.items) if enough else None
    return _Data(cases, placed, known, chance.permutation(len(cases)) % _FOLDS)


def clearly_better(own: npt.NDArray[np.float64], other: npt.NDArray[np.float64], errors: float = 1.0) -> bool:
    """Return whether ``own`` is better on the same users by more than ``errors`` standard errors of the difference.

    Source: the one-standard-error rule of Breiman et al. 1984: of two that chance may have parted, the simpler.
    """
    difference = own - other
    return bool(difference.mean() > errors * difference.std() / np.sqrt(len(difference)))


def _held_out_fusions(data: _Data, k: int, seed: int) -> dict[str, npt.NDArray[np.float64]]:
    """Return float64[n_users, n_candidates] by way: each user's fusion by weights fitted to the other folds."""
    scores = {name: np.zeros(data.cases.hits.shape) for name in WAYS}
    for fold in range(_FOLDS):
        own = data.fold_of == fold
        for name, weights in every_way(data.cases.only(~own), k, seed).items():
            scores[name][own] = data.cases.signals[own] @ weights
    return scores


def _with_trees(
    fused: Ranker, data: _Data, held_out: npt.NDArray[np.float64], settings: RankerSettings, k: int
) -> Ranker:
    """Return ``fused`` with trees beside it where they beat it on held-out users, and the comparison in its report."""
    alone = user_ndcg(data.cases, held_out, k)
    placed = data.placed
    fusion = held_out[placed.user, placed.place]
    tried: dict[tuple[int, float], npt.NDArray[np.float64]] = {}
    for rounds, learned in _held_out_trees(data, settings).items():
        for weight in _TREE_WEIGHTS:
            scores = placed.padded(mixed(fusion, learned, placed.user, weight), -np.inf)
            tried[rounds, weight] = user_ndcg(data.cases, scores, k, floor=-np.inf)
    (rounds, weight), reached = max(tried.items(), key=lambda item: item[1].mean())
    shown = {f"{n} rounds, weight {w:g}": round(float(ndcg.mean()), 4) for (n, w), ndcg in tried.items()}
    if not clearly_better(reached, alone, _ERRORS_OF_THE_BEST):
        why = f"trees reach {reached.mean():.4f} on held-out users, the fusion alone {alone.mean():.4f}"
        return _said(fused, why, trees=shown)
    trees = fit_boosted(data.features, placed.hit, placed.user, settings, rounds)
    importance = trees.importance(feature_names(fused.sources), rounds)
    report = {**fused.validation, "trees": shown, "trees_importance": importance, "ndcg": float(reached.mean())}
    return Ranker(fused.sources, fused.weights, fused.keep_seen, trees, weight, rounds, report)


def _held_out_trees(data: _Data, settings: RankerSettings) -> dict[int, npt.NDArray[np.float64]]:
    """Return rounds -> float64[n_pairs]: each pair's score by trees fitted to the other folds' users."""
    known, placed = data.features, data.placed
    scores = {rounds: np.zeros(len(known)) for rounds in settings.rounds}
    fold_of = data.fold_of[placed.user]
    for fold in range(_FOLDS):
        own = fold_of == fold
        trees = fit_boosted(known[~own], placed.hit[~own], placed.user[~own], settings, max(settings.rounds))
        for rounds, whole in scores.items():
            whole[own] = trees.scores(known[own], rounds, threads=0)
    return scores


def _said(ranker: Ranker, why: str, **more: Any) -> Ranker:  # noqa: ANN401 - goes into a report
    report = {**ranker.validation, "trees_left_out": why, **more}
    return Ranker(ranker.sources, ranker.weights, ranker.keep_seen, validation=report)
