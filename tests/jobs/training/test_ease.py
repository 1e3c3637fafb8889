import numpy as np
import pytest

from jobs.training import ease
from jobs.training.ease import ease_weights


def _closed_form(gram, regularisation):
    """Return Steck's equation 8 in double precision, row = item that is predicted."""
    inverse = np.linalg.inv(gram.astype(np.float64) + regularisation * np.eye(len(gram)))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights.T


def _gram(n_users=300, n_items=40):
    taken = (np.random.default_rng(0).random((n_users, n_items)) < 0.2).astype(np.float32)
    return taken.T @ taken


def test_two_items_by_hand():
    # (G + I) = [[3, 1], [1, 3]], its inverse [[3, -1], [-1, 3]] / 8, so each weight is 1/8 : 3/8.
    found = ease_weights(np.array([[2, 1], [1, 2]], np.float32), 1.0, 2).toarray()
    assert found == pytest.approx(np.array([[0, 1 / 3], [1 / 3, 0]]))


@pytest.mark.parametrize("rows_at_once", [7, 512])
def test_agrees_with_the_closed_form_in_double_precision(monkeypatch, rows_at_once):
    monkeypatch.setattr(ease, "_ROWS_AT_ONCE", rows_at_once)
    gram = _gram()
    before = gram.copy()
    assert ease_weights(gram, 20.0, 40).toarray() == pytest.approx(_closed_form(gram, 20.0), abs=1e-5)
    assert np.array_equal(gram, before)


def test_solved_in_place_it_is_the_same_and_takes_no_second_matrix():
    gram = _gram()
    kept = ease_weights(gram, 20.0, 9)
    before = gram.copy()
    assert (ease_weights(gram, 20.0, 9, overwrite=True) != kept).nnz == 0
    # Not only where the regularisation was added: half of it is now the inverse.
    above = np.triu_indices(len(gram), 1)
    assert not np.isclose(gram[above], before[above]).any()


def test_the_strongest_weights_are_kept_negative_ones_too():
    gram = _gram()
    whole, kept = _closed_form(gram, 20.0), ease_weights(gram, 20.0, 5).toarray()
    assert ((kept != 0).sum(axis=1) == 5).all()
    assert (kept < 0).any()
    for row, strong in zip(whole, kept, strict=True):
        assert set(np.flatnonzero(strong)) == set(np.argsort(-np.abs(row))[:5])


def test_no_items_give_no_weights():
    assert ease_weights(np.zeros((0, 0), np.float32), 1.0, 3).shape == (0, 0)
