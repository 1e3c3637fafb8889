import numpy as np
import pytest

from jobs.candidates.scoring.folded import FoldedScores
from jobs.candidates.sources.contract import User
from jobs.training.spectral import first, spectral_vectors


def _gram(n_users=60, n_items=12, seed=0):
    taken = (np.random.default_rng(seed).random((n_users, n_items)) < 0.3).astype(np.float32)
    return taken.T @ taken


def _by_eigh(gram, n_users, rank, exponent):
    """Return the item-to-item weights of the low-pass filter, in double precision: liked item -> item."""
    damping = n_users.astype(np.float64) ** -exponent
    values, vectors = np.linalg.eigh(gram * np.outer(damping, damping))
    kept = vectors[:, np.argsort(-values)[:rank]]
    return damping[:, None] * (kept @ kept.T) / damping[None, :]


@pytest.mark.parametrize("exponent", [0.0, 0.5])
@pytest.mark.parametrize("rank", [1, 4, 11])
def test_agrees_with_the_dense_eigenvectors_in_double_precision(rank, exponent):
    gram = _gram()
    n_users = np.diag(gram).copy()
    found = spectral_vectors(gram.copy(), n_users, rank, exponent)
    assert found.gathers.dtype == found.gives.dtype == np.float32
    assert found.gathers.shape == found.gives.shape == (12, rank)
    assert found.gathers @ found.gives.T == pytest.approx(_by_eigh(gram, n_users, rank, exponent), abs=1e-4)


def test_directions_come_strongest_first_and_the_first_few_of_many_are_those_of_fewer():
    gram = _gram()
    n_users = np.diag(gram).copy()
    many, few = (spectral_vectors(gram.copy(), n_users, rank, 0.5) for rank in (8, 3))
    for cut, own in zip(first(many, 3), few, strict=True):
        assert cut == pytest.approx(own, abs=1e-4)


@pytest.mark.parametrize(
    "gram",
    [_gram(), np.eye(6), np.ones((6, 6)), np.kron(np.eye(3), np.ones((2, 2)))],
    ids=["any", "apart", "all", "pairs"],
)
def test_reruns_agree_to_the_bit_and_each_directions_largest_entry_is_positive(gram):
    n_users = np.diag(gram).astype(np.float32)
    found, again = (spectral_vectors(gram.astype(np.float32), n_users, 3, 0.0) for _ in range(2))
    np.testing.assert_array_equal(found.gathers, again.gathers)
    np.testing.assert_array_equal(found.gives, again.gives)
    largest = found.gives[np.abs(found.gives).argmax(axis=0), np.arange(found.gives.shape[1])]
    assert (largest > 0).all()


def test_there_are_no_more_directions_than_items():
    assert spectral_vectors(_gram(), np.ones(12, np.float32), 500, 0.5).gathers.shape == (12, 12)
    assert spectral_vectors(np.float32([[3]]), np.float32([3]), 4, 0.5).gives.shape == (1, 1)
    assert spectral_vectors(np.zeros((0, 0), np.float32), np.zeros(0, np.float32), 4, 0.5).gives.shape == (0, 0)


def test_directions_that_hold_nothing_are_left_out_and_items_apart_get_zeros():
    # Two groups of three without the diagonal: each has one direction above 0 (2) and two below (-1); item 6 is alone.
    gram = np.zeros((7, 7), np.float32)
    gram[:6, :6] = np.kron(np.eye(2), np.ones((3, 3))) - np.eye(6)
    found = spectral_vectors(gram, np.ones(7, np.float32), 5, 0.3)
    weights = found.gathers @ found.gives.T
    assert found.gives.shape == (7, 2)
    assert weights[:6, :6] == pytest.approx(np.kron(np.eye(2), np.full((3, 3), 1 / 3)), abs=1e-5)
    assert not found.gives[6].any()
    assert not found.gathers[6].any()


def test_where_nothing_was_taken_together_there_are_no_directions():
    assert spectral_vectors(np.zeros((5, 5), np.float32), np.ones(5, np.float32), 3, 0.3).gives.shape == (5, 0)


def test_a_users_score_is_the_low_rank_product_worked_by_hand():
    # [[2, 1], [1, 2]] is strongest along (1, 1) / sqrt(2). Users took item 0 four times and item 1 once; at exponent
    # one half the matrix is first damped: [[2/4, 1/2], [1/2, 2]] has the eigenvalue (5 + sqrt(13)) / 4 = 2.1514 and the
    # direction (1, 3.3028) / 3.4508 = (.2898, .9571).
    plain = spectral_vectors(np.float32([[2, 1], [1, 2]]), np.float32([4, 1]), 1, 0.0)
    liked_first = User("u", np.array([0]), np.array([0]), np.float32([1]))
    assert FoldedScores(*plain).scores([liked_first]) == pytest.approx(np.array([[0.5, 0.5]]))
    damped = spectral_vectors(np.float32([[2, 1], [1, 2]]), np.float32([4, 1]), 1, 0.5)
    # What is gathered is halved for item 0, what is given doubled: .2898**2 and .2898 x .9571 / 2.
    assert FoldedScores(*damped).scores([liked_first]) == pytest.approx(np.array([[0.08397, 0.13868]]), abs=1e-4)
