"""The ranker that a night chose: fusion of the sources, with or without learned trees beside it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jobs.ranking.block import Block
from jobs.ranking.boosted import Boosted
from jobs.ranking.features import features
from jobs.ranking.fusion import FloatArray, standardised
from jobs.ranking.signals import signals
from jobs.ranking.statistics import ItemStatistics
from jobs.ranking.weights import Weights


@dataclass(frozen=True)
class Ranker:
    """How a block's candidates are scored.

    Attributes:
        sources: The order of the blocks' matrices.
        weights: float32[2 * n_sources] of the signals; a source whose two weights are 0 is left out of the fusion.
        keep_seen: Whether what a user met may be recommended again.
        trees: The learned part, or None.
        trees_weight: Its weight beside the fusion, both standardised.
        rounds: Trees used.
        validation: What it reached where it was chosen, for the report.
    """

    sources: list[str]
    weights: Weights
    keep_seen: bool
    trees: Boosted | None = None
    trees_weight: float = 0.0
    rounds: int = 0
    validation: dict[str, Any] = field(default_factory=dict)

    @property
    def source_weights(self) -> Weights:
        """float32[n_sources], both weights of each source together."""
        return np.asarray(self.weights.reshape(2, len(self.sources)).sum(axis=0))

    def source_parts(self, block: Block) -> FloatArray:
        """Return float32[n_pairs, n_sources], what each source gives each item in the fusion, none below 0."""
        return np.asarray((signals(block) * self.weights).reshape(len(block), 2, len(self.sources)).sum(axis=1))

    def report(self) -> dict[str, Any]:
        """Return the ranker as JSON values, without its trees."""
        of_scores = self.weights[len(self.sources) :]
        return {
            "weights": self._by_source(self.source_weights),
            "weights_of_scores": self._by_source(of_scores),
            "trees_weight": self.trees_weight,
            "rounds": self.rounds,
            "keep_seen": self.keep_seen,
            "validation": self.validation,
        }

    def scores(self, block: Block, items: ItemStatistics) -> npt.NDArray[np.float64]:
        """Return float64[n_pairs]; -inf for what is not recommended: by fusion alone, what no weighed source named."""
        fused = self.source_parts(block).sum(axis=1).astype(np.float64)
        if self.trees is None or not self.trees_weight:
            named = (block.rows >= 0) & (self.source_weights > 0)
            return np.where(named.any(axis=1), fused, -np.inf)
        learned = self.trees.scores(features(block, items), self.rounds)
        return mixed(fused, learned, block.user_of, self.trees_weight)

    def _by_source(self, weights: Weights) -> dict[str, float]:
        return {source: round(float(weight), 4) for source, weight in zip(self.sources, weights, strict=True)}


def mixed(
    fused: npt.NDArray[np.float64], learned: npt.NDArray[np.float64], user_of: npt.NDArray[np.int64], weight: float
) -> npt.NDArray[np.float64]:
    """Return float64[n_pairs]: the mean of both, standardised by user, ``learned`` counted ``weight`` times."""
    both = standardised(fused, user_of) + weight * standardised(learned, user_of)
    return np.asarray(both / (1 + weight))


def equal_ranker(sources: list[str], keep_seen: bool, why: str) -> Ranker:
    """Return the ranker used where there is too little data to choose one: reciprocal ranks, all sources alike."""
    weights = np.repeat([1 / max(1, len(sources)), 0], len(sources)).astype(np.float32)
    return Ranker(sources, weights, keep_seen, validation={"chosen": False, "why": why})
