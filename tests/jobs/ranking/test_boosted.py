import numpy as np
import pytest

from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.boosted import Boosted, fit_boosted

SETTINGS = RankerSettings(seed=3)
N_USERS, N_ITEMS = 300, 12


def agreeing(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, hits and users: an item is a hit where its two signs agree, of which no weighted sum can tell."""
    rng = np.random.default_rng(seed)
    features = rng.choice([-1.0, 1.0], size=(N_USERS * N_ITEMS, 3)).astype(np.float32)
    return features, features[:, 0] == features[:, 1], np.repeat(np.arange(N_USERS), N_ITEMS)


@pytest.fixture(scope="module")
def fitted() -> Boosted:
    return fit_boosted(*agreeing(0), SETTINGS, 80)


def order_kept(scores: np.ndarray, hits: np.ndarray) -> float:
    """Share of pairs of a hit and a miss that the scores put in order."""
    return float((scores[hits][:, None] > scores[~hits][None, :]).mean())


@pytest.mark.parametrize("objective", ["rank_xendcg", "lambdarank"])
def test_trees_learn_an_interaction_that_no_weighted_sum_can_express(objective):
    trees = fit_boosted(*agreeing(0), RankerSettings(objective=objective), 80)
    features, hits, _ = agreeing(1)
    best_line = np.linalg.lstsq(features, hits.astype(float), rcond=None)[0]
    assert order_kept(features @ best_line, hits) < 0.6
    assert order_kept(trees.scores(features, 80), hits) > 0.95


def test_the_same_seed_gives_the_same_trees(fitted):
    assert fit_boosted(*agreeing(0), SETTINGS, 80) == fitted
    assert fit_boosted(*agreeing(0), RankerSettings(seed=4), 80) != fitted


def test_the_first_rounds_of_more_trees_can_be_asked_alone(fitted):
    features, _, _ = agreeing(1)
    assert not np.allclose(fitted.scores(features, 40), fitted.scores(features, 80))
    np.testing.assert_array_equal(fitted.scores(features, 80), fitted.scores(features, 800))


def test_scores_do_not_depend_on_the_other_rows_or_the_threads(fitted):
    features, _, _ = agreeing(1)
    np.testing.assert_array_equal(fitted.scores(features[:5], 40), fitted.scores(features, 40, threads=2)[:5])
    assert fitted.scores(features[:0], 40).shape == (0,)


def test_importance_is_each_features_share_of_the_gain_the_largest_first(fitted):
    importance = fitted.importance(["first", "second", "noise"], 80)
    shares = list(importance.values())
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert shares == sorted(shares, reverse=True)
    assert importance.get("noise", 0.0) < 0.1


def test_a_feature_that_no_tree_splits_on_is_not_named():
    features, hits, user = agreeing(0)
    features[:, 2] = 1.0
    assert set(fit_boosted(features, hits, user, SETTINGS, 80).importance(["a", "b", "constant"], 80)) == {"a", "b"}


def test_users_whose_index_is_skipped_do_no_harm():
    features, hits, user = agreeing(0)
    assert fit_boosted(features, hits, user * 2, SETTINGS, 80) == fit_boosted(features, hits, user, SETTINGS, 80)
