import time

import numpy as np
import pandas as pd
import pytest

from jobs.contract.settings import Ease, ItemItem
from jobs.training.choose_item_weights import choose
from jobs.training.validation import build_cases


@pytest.fixture(scope="module")
def gram_and_cases():
    """Users of two tastes; each likes seven items of their own ten and is held to two more of them."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        own = 10 * (user % 2) + rng.permutation(10)
        rows.append((own[:7].tolist(), own[:7].tolist(), own[7:9].tolist()))
    users = pd.DataFrame(rows, columns=["liked", "seen", "targets"])
    taken = np.zeros((60, 20), np.float32)
    for row, liked in enumerate(users["liked"]):
        taken[row, liked] = 1
    gram = taken.T @ taken
    return {0.0: gram, 0.5: gram / 7}, build_cases(users, 20)  # every history holds seven items


def test_the_best_on_validation_is_taken_and_every_value_is_reported(gram_and_cases):
    # A single neighbour cannot fill a list of the three items left to find.
    item_item = ItemItem(neighbours=(1, 15), shrinkage=(0.0, 5.0), user_exponent=(0.0,))
    found = choose(*gram_and_cases, item_item, Ease(regularisation=(1e9, 10.0), half_life=(0.0,)), k=3)
    assert found.neighbours == 15
    assert found.tried["item_item"].keys() >= {
        f"{n} neighbours, shrinkage 0, user exponent 0, half-life {h}" for n, h in ((1, 0), (1, 30), (15, 0), (15, 1))
    }
    assert set(found.tried["ease"]) == {f"regularisation {r}, half-life 0" for r in ("1e+09", "10")}
    assert found.tried["users"] == 60


def test_without_time_the_first_values_of_both_models_are_taken_and_it_says_so(gram_and_cases):
    found = choose(*gram_and_cases, ItemItem(), Ease(), k=3, until=time.monotonic() - 1)
    assert (found.neighbours, found.shrinkage, found.regularisation) == (100, 10.0, 300.0)
    for model in ("item_item", "ease"):
        (start, ndcg), (why, words) = found.tried[model].items()
        assert start.endswith("half-life 0")
        assert ndcg > 0
        assert (why, words) == ("why", "no time to try further values")


def test_of_equals_the_first_named_wins(gram_and_cases):
    found = choose(
        *gram_and_cases,
        ItemItem(neighbours=(15, 14), shrinkage=(0.0,), user_exponent=(0.5, 0.0), half_life=(7.0, 0.0)),
        Ease(regularisation=(5.0,)),
        k=3,
    )
    assert (found.neighbours, found.user_exponent, found.half_lives["item_item"]) == (15, 0.5, 7.0)


def test_where_tastes_move_what_was_liked_long_ago_counts_less():
    # Everybody liked four of one taste and then two of another, and goes on with that.
    rng = np.random.default_rng(0)
    rows = []
    for user in range(60):
        old, new = (10 * ((user + side) % 2) + rng.permutation(10) for side in range(2))
        liked = [*new[:2].tolist(), *old[:4].tolist()]
        rows.append((liked, liked, new[2:4].tolist()))
    cases = build_cases(pd.DataFrame(rows, columns=["liked", "seen", "targets"]), 20)
    gram = np.kron(np.eye(2), np.full((10, 10), 30)).astype(np.float32) + np.eye(20, dtype=np.float32)
    found = choose({0.0: gram, 0.5: gram / 6}, cases, ItemItem(), Ease(), k=3)
    assert found.half_lives["item_item"] > 0
    assert found.half_lives["ease"] > 0


def test_with_too_few_users_the_first_values_are_taken_and_it_says_so(gram_and_cases):
    gram, _ = gram_and_cases
    few = build_cases(pd.DataFrame([([0], [0], [1])], columns=["liked", "seen", "targets"]), 20)
    found = choose(gram, few, ItemItem(), Ease(), k=10)
    assert found[:5] == (100, 10.0, 0.5, 300.0, {"item_item": 0.0, "ease": 0.0})
    assert "fewer than 20 validation users" in found.tried["why"]
