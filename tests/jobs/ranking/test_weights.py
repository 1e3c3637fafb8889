import numpy as np
import pytest

from jobs.ranking.cases import Cases, user_ndcg
from jobs.ranking.weights import WAYS

every_way = pytest.mark.parametrize("way", WAYS)


def cases_of(*sources: np.ndarray, hits: np.ndarray) -> Cases:
    """Sources of which only ranks are known."""
    ranks = np.stack(sources, axis=2).astype(np.float32)
    return Cases(np.concatenate([ranks, np.zeros_like(ranks)], axis=2), hits, np.ones(len(hits), dtype=np.int64))


@pytest.fixture(scope="module")
def complementary() -> Cases:
    """Two sources of which each knows something, and one that knows nothing."""
    rng = np.random.default_rng(0)
    shape = (200, 30)
    hits = np.zeros(shape, dtype=bool)
    hits[np.arange(200), rng.integers(0, 30, 200)] = True
    return cases_of(*(rng.random(shape) + hits * 0.4 for _ in range(2)), rng.random(shape), hits=hits)


def reached(cases: Cases, weights: np.ndarray) -> float:
    return float(user_ndcg(cases, cases.signals @ weights, 10).mean())


@every_way
def test_a_useless_source_gets_little_weight_and_two_that_complement_each_other_both_do(complementary, way):
    weights = WAYS[way](complementary, 10, 1)
    assert weights.dtype == np.float32
    assert weights[:2].min() > 0.3
    assert weights[2] <= 0.2
    assert not weights[3:].any()
    assert reached(complementary, weights) > max(reached(complementary, row) for row in np.eye(6, dtype=np.float32)[:3])


@every_way
def test_the_same_seed_gives_the_same_weights(complementary, way):
    first, second = (WAYS[way](complementary, 10, 1) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_way
def test_a_single_source_gets_everything(complementary, way):
    single = Cases(complementary.signals[:, :, [0, 3]], complementary.hits, complementary.n_targets)
    assert WAYS[way](single, 10, 1).tolist() == [1.0, 0.0]


@every_way
def test_where_nothing_was_hit_the_first_source_is_taken(way):
    signals = np.random.default_rng(0).random((25, 4, 6)).astype(np.float32)
    nothing = Cases(signals, np.zeros((25, 4), dtype=bool), np.ones(25, dtype=np.int64))
    assert WAYS[way](nothing, 10, 1).tolist() == pytest.approx([1, 0, 0, 0, 0, 0])


def test_averaged_subsets_sum_to_one_and_helpful_sources_count_alike(complementary):
    weights = WAYS["averaged_subsets"](complementary, 10, 1)
    assert weights.sum() == pytest.approx(1)
    assert weights[:2] == pytest.approx([0.5, 0.5], abs=0.1)
    assert not weights[3:].any()


def test_the_logit_says_by_how_much_one_source_rules():
    # The first source names the hit of eight users; the second that of two, and misleads the eight.
    first, second = np.full((10, 2), 0.1), np.full((10, 2), 0.1)
    hits = np.array([[True, False]] * 10)
    first[:8] = [0.7, 0.1]
    second[:8] = [0.1, 0.6]
    second[8:] = [0.6, 0.1]
    found = cases_of(first, second, hits=hits)
    weights = WAYS["logit"](found, 1, 0)
    assert weights[0] * 0.6 > weights[1] * 0.5 > 0
    assert weights.sum() == pytest.approx(1)
    assert reached(found, weights) == 1.0


def test_the_logit_is_where_the_likelihood_is_flat():
    # One signal, two candidates 1 apart, the better one taken three times in four: odds of 3, so a weight of log 3 but
    # for the ridge, which the scale of the sum hides: the other signal, 2 apart, agrees and takes twice the share.
    one = np.array([[1.5, 0.5]] * 4)
    hits = np.array([[True, False]] * 3 + [[False, True]])
    weights = WAYS["logit"](cases_of(one, 2 * one, hits=hits), 1, 0)
    assert weights == pytest.approx([1 / 3, 2 / 3, 0, 0], abs=0.01)


def test_the_logit_reads_scores_where_ranks_say_nothing():
    rng = np.random.default_rng(2)
    heights = rng.random((100, 12))
    hits = np.zeros((100, 12), dtype=bool)
    hits[np.arange(100), heights.argmax(axis=1)] = True
    ranks = rng.random((100, 12))
    found = Cases(np.stack([ranks, heights], axis=2).astype(np.float32), hits, np.ones(100, dtype=np.int64))
    weights = WAYS["logit"](found, 10, 0)
    assert weights[1] > 0.95
    assert WAYS["averaged_subsets"](found, 10, 0).tolist() == [1, 0]
    halves = WAYS["both"](found, 10, 0)
    spreads = np.array([ranks.std(axis=1).mean(), heights.std(axis=1).mean()])
    assert halves * spreads / (halves @ spreads) == pytest.approx(
        (weights * spreads / (weights @ spreads) + [1, 0]) / 2, abs=0.02
    )
