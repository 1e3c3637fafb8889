import numpy as np
import pytest

from jobs.ranking.cases import Cases, user_ndcg
from jobs.ranking.weights import GRID, WAYS

every_way = pytest.mark.parametrize("way", WAYS)


def cases_of(*sources: np.ndarray, hits: np.ndarray) -> Cases:
    return Cases(np.stack(sources, axis=2).astype(np.float32), hits, np.ones(len(hits), dtype=np.int64))


@pytest.fixture(scope="module")
def complementary() -> Cases:
    """Two sources of which each knows something, and one that knows nothing."""
    rng = np.random.default_rng(0)
    shape = (200, 30)
    hits = np.zeros(shape, dtype=bool)
    hits[np.arange(200), rng.integers(0, 30, 200)] = True
    return cases_of(*(rng.random(shape) + hits * 0.4 for _ in range(2)), rng.random(shape), hits=hits)


def reached(cases: Cases, weights: np.ndarray) -> float:
    return float(user_ndcg(cases, cases.shares @ weights, 10).mean())


@every_way
def test_a_useless_source_gets_little_weight_and_two_that_complement_each_other_both_do(complementary, way):
    weights = WAYS[way](complementary, 10, 1)
    assert weights.dtype == np.float32
    assert weights[:2].min() > 0.3
    assert weights[2] <= 0.2
    assert reached(complementary, weights) > max(reached(complementary, row) for row in np.eye(3, dtype=np.float32))


@every_way
def test_the_same_seed_gives_the_same_weights(complementary, way):
    first, second = (WAYS[way](complementary, 10, 1) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_way
def test_a_single_source_gets_everything(complementary, way):
    single = Cases(complementary.shares[:, :, :1], complementary.hits, complementary.n_targets)
    assert WAYS[way](single, 10, 1).tolist() == [1.0]


@every_way
def test_where_nothing_was_hit_the_first_source_is_taken(way):
    shares = np.random.default_rng(0).random((25, 4, 3)).astype(np.float32)
    nothing = Cases(shares, np.zeros((25, 4), dtype=bool), np.ones(25, dtype=np.int64))
    assert WAYS[way](nothing, 10, 1).tolist() == pytest.approx([1, 0, 0])


def test_averaged_subsets_sum_to_one_and_helpful_sources_count_alike(complementary):
    weights = WAYS["averaged_subsets"](complementary, 10, 1)
    assert weights.sum() == pytest.approx(1)
    assert weights[:2] == pytest.approx([0.5, 0.5], abs=0.1)


def test_coordinate_ascent_says_by_how_much_one_source_rules():
    # The first source names the hit of eight users; the second that of two, and misleads the eight.
    first, second = np.zeros((10, 2)), np.zeros((10, 2))
    hits = np.array([[True, False]] * 10)
    first[:8] = [0.6, 0.0]
    second[:8] = [0.0, 1.0]
    second[8:] = [1.0, 0.0]
    found = cases_of(first, second, hits=hits)
    weights = WAYS["coordinate_ascent"](found, 1, 0)
    assert set(weights.tolist()) <= {float(np.float32(value)) for value in GRID}
    assert weights[0] * 0.6 > weights[1] > 0
    assert reached(found, weights) == 1.0
    assert reached(found, np.float32([0.5, 0.5])) == pytest.approx((8 / np.log2(3) + 2) / 10)
