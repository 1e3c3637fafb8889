import numpy as np
import pytest
from scipy.linalg import eigh

from jobs.training import strongest
from jobs.training.strongest import strongest_directions

SIZE = 400


@pytest.fixture
def in_blocks(monkeypatch):
    """Small matrices are solved as large ones are."""
    for name, value in {"_SOLVED_WHOLE": 0, "_BLOCK": 8, "_MOST_VECTORS": 200}.items():
        monkeypatch.setattr(strongest, name, value)


def symmetric(values, seed=1):
    """Return a symmetric matrix with these eigenvalues, and its eigenvectors."""
    vectors = np.linalg.qr(np.random.default_rng(seed).standard_normal((len(values), len(values))))[0]
    return ((vectors * values) @ vectors.T).astype(np.float32), vectors


def spectrum(n_strong=12):
    """A few strong directions, many weak ones, as strong ones below 0."""
    weak = np.linspace(0.5, -0.5, SIZE - 2 * n_strong)
    strong = np.linspace(10, 2, n_strong)
    return np.concatenate([strong, weak, -strong])


def test_a_small_matrix_is_decomposed_as_it_is():
    values, vectors = strongest_directions(np.diag([1.0, 3.0, -5.0]).astype(np.float32), 2)
    assert values.tolist() == [3.0, 1.0]
    assert np.abs(vectors).tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("k", [1, 5, 12])
def test_blocks_find_the_largest_and_not_the_farthest_from_zero(in_blocks, k):
    matrix, true = symmetric(spectrum())
    values, vectors = strongest_directions(matrix, k)
    np.testing.assert_allclose(values, spectrum()[:k], atol=0.05)
    assert np.abs((vectors * true[:, :k]).sum(axis=0)).min() > 0.999
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), atol=1e-4)


def test_blocks_find_what_a_whole_decomposition_finds(in_blocks):
    taken = (np.random.default_rng(0).random((90, SIZE)) < 0.1).astype(np.float32)
    gram = taken.T @ taken
    np.fill_diagonal(gram, 0)
    values, _ = strongest_directions(gram, 20)
    np.testing.assert_allclose(values, eigh(gram, eigvals_only=True)[::-1][:20], atol=0.005 * values[0])


@pytest.mark.parametrize("k", [5, 20])
def test_weak_directions_are_found_as_exactly_as_strong_ones(in_blocks, k):
    # As where everybody takes the same few items: the twentieth has a twentieth of the first's strength.
    matrix, true = symmetric(np.arange(1, SIZE + 1, dtype=np.float64) ** -1.5)
    _, vectors = strongest_directions(matrix, k)
    captured = (true[:, :k].T @ vectors) ** 2
    assert captured.sum() / k > 0.995


def few_users():
    taken = (np.random.default_rng(0).random((6, SIZE)) < 0.3).astype(np.float32)
    return taken.T @ taken


def one_pair():
    matrix = np.zeros((SIZE, SIZE), dtype=np.float32)
    matrix[3, 7] = matrix[7, 3] = 1
    return matrix


def one_clique():
    matrix = np.zeros((SIZE, SIZE), dtype=np.float32)
    matrix[:30, :30] = 1
    np.fill_diagonal(matrix, 0)
    return matrix


@pytest.mark.parametrize("matrix", [few_users(), one_pair(), one_clique()], ids=["few_users", "one_pair", "one_clique"])
def test_a_matrix_of_fewer_directions_than_asked_for_gives_them_once_and_zeros(in_blocks, matrix):
    values, vectors = strongest_directions(matrix, 10)
    whole = eigh(matrix, eigvals_only=True)[::-1][:10]
    np.testing.assert_allclose(values, whole, atol=0.005 * whole[0])
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(10), atol=1e-4)


def test_where_nothing_stands_out_the_best_of_the_most_vectors_are_taken(in_blocks, monkeypatch):
    matrix, _ = symmetric(np.linspace(1, 0.9, SIZE))
    monkeypatch.setattr(strongest, "_TOLERANCE", 0.0)
    best = []
    for most in (40, 48):
        monkeypatch.setattr(strongest, "_MOST_VECTORS", most)
        best.append(strongest_directions(matrix, 4)[0])
    # More vectors find more; the last look is at all of them, whenever the one before was.
    assert (best[1] > best[0]).all()


def test_the_same_matrix_gives_the_same_directions(in_blocks):
    matrix, _ = symmetric(spectrum())
    np.testing.assert_array_equal(strongest_directions(matrix, 6)[1], strongest_directions(matrix, 6)[1])
