import time

import numpy as np
import pandas as pd
import pytest

from jobs.contract.settings import Spectral
from jobs.training.choose_spectral import by_vectors, choose
from jobs.training.spectral import SpectralVectors
from jobs.training.validation import build_cases, mean_ndcg

N_TASTES, N_ITEMS = 4, 24


@pytest.fixture(scope="module")
def learnt():
    """Users of four tastes of six items each; each likes four of their own and is held to the other two."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(80):
        own = 6 * (user % N_TASTES) + rng.permutation(6)
        rows.append((own[:4].tolist(), own[:4].tolist(), own[4:].tolist()))
    users = pd.DataFrame(rows, columns=["liked", "seen", "targets"])
    taken = np.zeros((80, N_ITEMS), np.float32)
    for row, liked in enumerate(users["liked"]):
        taken[row, liked] = 1
    return taken.T @ taken, taken.sum(axis=0), build_cases(users, N_ITEMS)


def test_the_best_on_validation_is_taken_and_every_value_is_reported(learnt):
    gram, n_users, cases = learnt
    before = gram.copy()
    # One direction cannot tell four tastes apart.
    settings = Spectral(rank=(1, N_TASTES), item_exponent=(0.0, 0.5), half_life=(0.0, 2.0))
    found = choose(gram, n_users, cases, settings, k=2)
    assert found.rank == N_TASTES
    assert found.tried.keys() >= {"users", "items", *(f"rank {r}, exponent 0, half-life 0" for r in (1, 4))}
    assert (found.tried["users"], found.tried["items"]) == (80, N_ITEMS)
    assert found.tried[f"rank 4, exponent {found.item_exponent:g}, half-life {found.half_life:g}"] == 1.0
    np.testing.assert_array_equal(gram, before)


def test_without_time_the_first_values_are_taken_and_it_says_so(learnt):
    found = choose(*learnt, Spectral(rank=(1, N_TASTES)), k=2, until=time.monotonic() - 1)
    assert found.rank == 1
    assert found.tried.keys() == {"users", "items", "rank 1, exponent 0.3, half-life 0", "why"}


def test_of_equals_the_first_named_wins(learnt):
    settings = Spectral(rank=(N_TASTES,), item_exponent=(0.2, 0.0), half_life=(0.0,))
    found = choose(*learnt, settings, k=2)
    assert found.tried["rank 4, exponent 0.2, half-life 0"] == found.tried["rank 4, exponent 0, half-life 0"]
    assert found.item_exponent == 0.2


def test_with_too_few_users_the_first_values_are_taken_and_it_says_so(learnt):
    few = build_cases(pd.DataFrame([([0], [0], [1])], columns=["liked", "seen", "targets"]), N_ITEMS)
    found = choose(*learnt[:2], few, Spectral(rank=(7, 3), item_exponent=(0.4, 0.1)), k=10)
    assert (found.rank, found.item_exponent, found.half_life) == (7, 0.4, 0.0)
    assert found.tried == {"why": "fewer than 20 validation users: the first of each"}


def test_users_are_scored_by_what_they_liked():
    vectors = SpectralVectors(np.float32([[1, 0], [0, 2], [0, 0]]), np.float32([[1, 1], [0, 1], [3, 0]]))
    cases = build_cases(pd.DataFrame([([0], [0], [2]), ([0, 1], [0, 1], [2])], columns=["liked", "seen", "targets"]), 3)
    assert by_vectors(cases, vectors)(slice(0, 2)).tolist() == [[1, 0, 3], [3, 2, 3]]
    assert mean_ndcg(cases, by_vectors(cases, vectors), 1) == 1.0


def test_what_was_liked_fades():
    vectors = SpectralVectors(np.float32([[1, 0], [0, 2], [0, 0]]), np.float32([[1, 1], [0, 1], [3, 0]]))
    cases = build_cases(pd.DataFrame([([1, 0], [0, 1], [2])], columns=["liked", "seen", "targets"]), 3)
    # Item 0 has one newer beside it and counts half.
    assert by_vectors(cases, vectors, half_life=1.0)(slice(0, 1)).tolist() == [[2.5, 2, 1.5]]
