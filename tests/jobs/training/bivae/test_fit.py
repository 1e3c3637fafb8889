import time

import numpy as np
import pytest
from scipy import sparse

from jobs.contract.settings import Bivae
from jobs.training.bivae.fit import fit
from jobs.training.bivae.fold import placed

SMALL = Bivae(starts=2, dim=4, hidden=8, learning_rate=1e-2, batch_rows=16)


def two_tastes(n_users: int = 80, n_items: int = 20) -> sparse.csr_matrix:
    """Each user takes four in five items of one half of the catalogue, and none of the other."""
    rng = np.random.default_rng(0)
    taken = rng.random((n_users, n_items)) < 0.8
    taken[: n_users // 2, n_items // 2 :] = False
    taken[n_users // 2 :, : n_items // 2] = False
    return sparse.csr_matrix(taken.astype(np.float32))


def trained(taken: sparse.csr_matrix, epochs: int, validate=None, settings=SMALL, deadline=None, seed=0):
    return fit(taken, settings, epochs, time.monotonic() + 60 if deadline is None else deadline, seed, validate)


def scores(vectors, taken: sparse.csr_matrix) -> np.ndarray:
    return placed(vectors.users, taken) @ vectors.items.T


def test_it_finds_what_people_of_like_taste_took() -> None:
    taken = two_tastes()
    found = scores(trained(taken, 60).vectors, taken)
    missing = taken.toarray() == 0
    own = np.zeros_like(missing)
    own[:40, :10] = own[40:, 10:] = True
    best = np.where(missing, found, -np.inf).argmax(axis=1)
    judged = (missing & own).any(axis=1)
    assert own[np.arange(80), best][judged].mean() > 0.95


def test_a_user_who_was_not_trained_on_is_placed_by_what_was_liked() -> None:
    taken = two_tastes()
    new = sparse.csr_matrix(np.eye(1, 20, 3, dtype=np.float32) + np.eye(1, 20, 5, dtype=np.float32))
    found = scores(trained(taken, 60).vectors, new)[0]
    assert found[:10].mean() > found[10:].mean() + 1


def test_the_score_is_the_sum_of_the_starts() -> None:
    taken = two_tastes()
    vectors = trained(taken, 3).vectors
    users = placed(vectors.users, taken)
    assert users.shape == (80, 8)
    assert vectors.items.shape == (20, 8)
    parts = sum(users[:, half] @ vectors.items[:, half].T for half in (slice(0, 4), slice(4, 8)))
    np.testing.assert_allclose(scores(vectors, taken), parts, rtol=1e-4, atol=1e-5)
    assert np.abs(users[:, :4] - users[:, 4:]).max() > 1e-3, "two starts, one model"


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    taken = two_tastes()
    first, again, other = (trained(taken, 4, seed=seed).vectors.items for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_it_stops_when_three_checks_together_rise_no_further_and_keeps_the_newest_of_the_best() -> None:
    taken = two_tastes()
    given = iter([0.1, 0.4, 0.3, 0.2, 0.1, 0.0, 0.9])  # together .1, .25, .267, .3, .2, .1
    kept = []

    def validate(vectors) -> float:
        kept.append(vectors.items.copy())
        return next(given)

    fitted = trained(taken, 1_000, validate, SMALL.model_copy(update={"patience": 2}))
    assert fitted.stopped == "patience"
    assert list(fitted.tried.values()) == [0.1, 0.4, 0.3, 0.2, 0.1, 0.0]
    assert fitted.epochs == list(fitted.tried)[3]
    np.testing.assert_array_equal(fitted.vectors.items, kept[3])


def test_past_the_deadline_it_makes_one_epoch_and_is_still_measured() -> None:
    fitted = trained(two_tastes(), 50, lambda _: 0.5, deadline=time.monotonic() - 1)
    assert (fitted.epochs, fitted.stopped, fitted.tried) == (1, "time", {1: 0.5})


def test_an_item_that_nobody_took_has_no_vector() -> None:
    taken = two_tastes().tolil()
    taken[:, 7] = 0
    items = trained(taken.tocsr(), 2).vectors.items
    assert not items[7].any()
    assert items[6].any()


@pytest.mark.parametrize("shape", [(1, 2), (2, 1)])
def test_a_matrix_of_hardly_anything_trains(shape) -> None:
    fitted = trained(sparse.csr_matrix(np.ones(shape, np.float32)), 2)
    assert np.isfinite(fitted.vectors.items).all()
