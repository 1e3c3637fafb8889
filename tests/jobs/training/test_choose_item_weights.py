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
    found = choose(*gram_and_cases, item_item, Ease(regularisation=(1e9, 10.0)), k=3)
    assert found.neighbours == 15
    assert len(found.tried["item_item"]) == 4
    assert set(found.tried["ease"]) == {"regularisation 1e+09", "regularisation 10"}
    assert found.tried["users"] == 60


def test_of_equals_the_first_named_wins(gram_and_cases):
    found = choose(
        *gram_and_cases,
        ItemItem(neighbours=(15, 14), shrinkage=(0.0,), user_exponent=(0.5, 0.0)),
        Ease(regularisation=(5.0,)),
        k=3,
    )
    assert (found.neighbours, found.user_exponent) == (15, 0.5)


def test_with_too_few_users_the_first_values_are_taken_and_it_says_so(gram_and_cases):
    gram, _ = gram_and_cases
    few = build_cases(pd.DataFrame([([0], [0], [1])], columns=["liked", "seen", "targets"]), 20)
    found = choose(gram, few, ItemItem(), Ease(), k=10)
    assert found[:4] == (100, 10.0, 0.5, 300.0)
    assert "fewer than 20 validation users" in found.tried["why"]
