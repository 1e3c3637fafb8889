"""The ranker that a night chose: fusion of the sources, with or without learned trees beside it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from jobs.ranking.block import Block
from jobs.ranking.boosted import Boosted
from jobs.ranking.features import features
from jobs.ranking.fusion import FloatArray, shares, standardised
from jobs.ranking.statistics import ItemStatistics
from jobs.ranking.weights import Weights


@dataclass(frozen=True)
class Ranker:
    """How a block's candidates are scored.

    Attributes:
        sources: The order of the blocks' matrices.
        weights: float32[n_sources] of the fusion; a source of weight 0 is left out of it.
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

    def source_shares(self, block: Block) -> FloatArray:
        """Return float32[n_pairs, n_sources], what each source gives each item in the fusion."""
        return np.asarray(shares(block.ranks) * self.weights)

    def report(self) -> dict[str, Any]:
        """Return the ranker as JSON values, without its trees."""
        weights = {source: round(float(weight), 4) for source, weight in zip(self.sources, self.weights, strict=True)}
        return {
            "weights": weights,
            "trees_weight": self.trees_weight,
            "rounds": self.rounds,
            "keep_seen": self.keep_seen,
            "validation": self.validation,
        }

    def scores(self, block: Block, items: ItemStatistics) -> npt.NDArray[np.float64]:
        """Return float64[n_pairs]; -inf for what is not recommended: by fusion alone, what no weighed source named."""
        fused = self.source_shares(block).sum(axis=1).astype(np.float64)
        if self.trees is None or not self.trees_weight:
            return np.where(fused > 0, fused, -np.inf)
        learned = self.trees.scores(features(block, items), self.rounds)
        return mixed(fused, learned, block.user_of, self.trees_weight)


def mixed(
    fused: npt.NDArray[np.float64], learned: npt.NDArray[np.float64], user_of: npt.NDArray[np.int64], weight: float
) -> npt.NDArray[np.float64]:
    """Return float64[n_pairs]: the mean of both, standardised by user, ``learned`` counted ``weight`` times."""
    both = standardised(fused, user_of) + weight * standardised(learned, user_of)
    return np.asarray(both / (1 + weight))


def equal_ranker(sources: list[str], keep_seen: bool, why: str) -> Ranker:
    """Return the ranker used where there is too little data to choose one."""
    weights = np.full(len(sources), 1 / max(1, len(sources)), dtype=np.float32)
    return Ranker(sources, weights, keep_seen, validation={"chosen": False, "why": why})
