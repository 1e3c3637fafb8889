import math
import time

import pandas as pd
import pytest

from jobs.contract.settings import Als
from jobs.training.als import Factors, Values
from jobs.training.choose_als import choose

ITEM_IDS = ["a", "b", "c"]
N_PAIRS = 10
USERS = pd.DataFrame(
    [(f"{name}{n}", [0], [0], [target]) for n in range(N_PAIRS) for name, target in (("u", 2), ("v", 1))],
    columns=["user_id", "liked", "seen", "targets"],
)
CONFIDENT = 10.0  # whatever the rank, it is right for both
ITEMS = [("a", [0.0, 0.0]), ("b", [0.0, 1.0]), ("c", [1.0, 0.0])]
KNOWN = {
    1: [("u", [1.0, 0.0]), ("v", [1.0, 0.0])],  # right for u alone
    2: [("u", [1.0, 0.0]), ("v", [0.0, 1.0])],  # right for both
    3: [("v", [0.0, 1.0]), ("u", [2.0, 0.0])],  # as good
    4: [("u", [0.0, 1.0]), ("v", [1.0, 0.0])],  # wrong for both
    5: [("u", [1.0, 0.0])],  # nothing is known of v: the first unseen item, which is right
}


@pytest.fixture
def fit(spark):
    def found(values: Values) -> Factors:
        known = KNOWN[2 if values.alpha == CONFIDENT else values.rank]
        rows = [(f"{name}{n}", factors) for n in range(N_PAIRS) for name, factors in known]
        users = spark.createDataFrame(rows, "user_id string, factors array<float>")
        return Factors(users, spark.createDataFrame(ITEMS, "item_id string, factors array<float>"))

    return found


def of_rank(rank: int) -> Values:
    return Values(rank, 2.0, 0.2)


def reached(*ndcg: tuple[int, float]) -> dict[str, float]:
    return {str(of_rank(rank)): own for rank, own in ndcg}


def choose_rank(ranks, fit, users=USERS, until=math.inf):
    return choose(Als(rank=ranks, alpha=2.0, regularisation=0.2), fit, users, ITEM_IDS, 1, until)


def test_the_best_rank_on_validation_is_taken_with_its_factors(fit):
    found = choose_rank((1, 4, 2), fit)
    assert found.tried == reached((1, 0.5), (4, 0.0), (2, 1.0))
    assert found.values == of_rank(2)
    assert {tuple(row.factors) for row in found.factors.users.collect()} == {(1.0, 0.0), (0.0, 1.0)}


def test_of_equals_the_first_named_is_taken(fit):
    assert choose_rank((3, 2), fit).values == of_rank(3)
    assert choose_rank((2, 3), fit).values == of_rank(2)


def test_a_user_without_factors_is_counted(fit):
    assert choose_rank((5,), fit).tried == reached((5, 1.0))


def test_once_time_is_up_no_further_rank_is_tried_but_the_first_always_is(fit):
    found = choose_rank((4, 2), fit, until=time.monotonic() - 1)
    assert found.values == of_rank(4)
    assert found.tried == {**reached((4, 0.0)), "why": "no time to try further values"}


def test_where_nothing_was_learnt_nothing_is_reached(spark):
    empty = Factors(
        spark.createDataFrame([], "user_id string, factors array<float>"),
        spark.createDataFrame([], "item_id string, factors array<float>"),
    )
    assert choose_rank((8, 16), lambda rank: empty).tried == reached((8, 0.0), (16, 0.0))


@pytest.mark.parametrize("n_users", [0, 2 * N_PAIRS - 1])
def test_with_too_few_users_the_first_values_are_taken_and_it_says_so(fit, n_users):
    found = choose_rank((4, 2), fit, USERS[:n_users])
    assert found.values == of_rank(4)
    assert found.tried == {"why": "fewer than 20 validation users: the first of each"}


def test_ranks_are_tried_at_the_best_pair_of_confidence_and_regularisation(fit):
    settings = Als(rank=(1, 4), alpha=(2, CONFIDENT), regularisation=(0.2, 0.5))
    found = choose(settings, fit, USERS, ITEM_IDS, 1, math.inf)
    tried = ((1, 2, 0.2), (1, 10, 0.5), (4, 10, 0.5))
    assert list(found.tried) == [str(Values(*own)) for own in tried]
    assert found.values == Values(1, CONFIDENT, 0.5)


@pytest.mark.parametrize(
    ("values", "tried"),
    [
        ({"alpha": (2, 5), "regularisation": 0.1}, [(2, 0.1), (5, 0.1)]),
        ({"alpha": 3, "regularisation": (0.1, 0.7)}, [(3, 0.1), (3, 0.7)]),
    ],
)
def test_a_single_value_goes_with_all_of_the_other(fit, values, tried):
    found = choose(Als(rank=2, **values), fit, USERS, ITEM_IDS, 1, math.inf)
    assert list(found.tried) == [str(Values(2, *pair)) for pair in tried]


def test_values_that_make_no_pairs_are_refused():
    with pytest.raises(ValueError, match="tried in pairs.*found 2 and 3"):
        Als(alpha=(1, 2), regularisation=(0.1, 0.2, 0.3))
