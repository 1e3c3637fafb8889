"""The learned ranker: gradient boosted trees with a listwise loss, over the union of the sources.

Source: LightGBM (Ke et al. 2017); the loss is XE-NDCG (Bruch 2021), which on few positives a user overfits less than
LambdaMART's (Burges 2010); ``ranker.objective`` names either.
"""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.fusion import FloatArray, IntArray

_LEARNING_RATE = 0.05
_POSITIVES_A_LEAF = 1_000
_LEAVES = (8, 31)
_ROWS_A_LEAF = 400


@dataclass(frozen=True)
class Boosted:
    """Trained trees, as text so that Spark can broadcast them.

    Attributes:
        trees: LightGBM's model files.
    """

    trees: str

    def scores(self, features: FloatArray, rounds: int, threads: int = 1) -> npt.NDArray[np.float64]:
        """Return float64[n_rows], the score after the first ``rounds`` trees."""
        if not len(features):
            return np.zeros(0)
        booster = lgb.Booster(model_str=self.trees)
        return np.asarray(booster.predict(features, num_iteration=rounds, raw_score=True, num_threads=threads))

    def importance(self, names: list[str], rounds: int) -> dict[str, float]:
        """Return each feature's share of the loss that the trees took away, the largest first."""
        gains = lgb.Booster(model_str=self.trees).feature_importance("gain", iteration=rounds)
        shares = gains / max(float(gains.sum()), 1e-12)
        order = np.argsort(-shares, kind="stable")
        return {names[i]: round(float(shares[i]), 4) for i in order if shares[i] > 0}


def fit_boosted(
    features: FloatArray, hits: npt.NDArray[np.bool_], user: IntArray, settings: RankerSettings, rounds: int
) -> Boosted:
    """Return trees fitted to which candidates were hits.

    Args:
        features: float32[n_rows, n_features], a user's rows together.
        hits: bool[n_rows].
        user: int64[n_rows], ascending.
        settings: Objective, and the seed of the samples of rows and columns.
        rounds: Trees.
    """
    leaves = int(np.clip(hits.sum() // _POSITIVES_A_LEAF, *_LEAVES))
    parameters = {
        "objective": settings.objective,
        "num_leaves": leaves,
        "learning_rate": _LEARNING_RATE,
        "min_data_in_leaf": max(20, len(hits) // _ROWS_A_LEAF),
        "lambda_l2": 10.0,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambdarank_truncation_level": 30,
        "deterministic": True,
        "force_row_wise": True,
        "seed": settings.seed,
        "verbose": -1,
    }
    sizes = np.bincount(user)
    data = lgb.Dataset(features, hits.astype(np.int32), group=sizes[sizes > 0])
    return Boosted(lgb.train(parameters, data, rounds).model_to_string())
