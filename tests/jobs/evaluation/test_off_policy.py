import numpy as np
import pytest

from jobs.contract.errors import ContractError
from jobs.evaluation.off_policy import Logged, NewPolicy, off_policy, on_policy


def logged(rewards, propensities, answers=None):
    rows = range(len(rewards)) if answers is None else answers
    return Logged(np.array(rewards, float), np.array(propensities, float), np.array(rows, np.int64))


def policy(propensities, *model):
    return NewPolicy(np.array(propensities, float), *(np.array(values, float) for values in model))


# Weights 2, 0.5, 0 and 1; weighted rewards 2, 0, 0 and 1.
FOUR = logged([1, 0, 1, 1], [0.25, 0.5, 0.5, 1.0])
NEW = [0.5, 0.25, 0.0, 1.0]


def test_each_estimator_gives_what_is_worked_by_hand():
    found = off_policy(FOUR, policy(NEW, [0.5, 0.1, 0.9, 0.2], [0.4, 0.2, 0.3, 0.1]), 200, 0)
    assert found.estimates["ips"].value == pytest.approx(3 / 4)
    assert found.estimates["snips"].value == pytest.approx(3 / 3.5)
    # 0.4 + 2 x 0.5, 0.2 - 0.5 x 0.1, 0.3, 0.1 + 0.8
    assert found.estimates["dr"].value == pytest.approx((1.4 + 0.15 + 0.3 + 0.9) / 4)


def test_how_much_the_estimate_rests_on_is_worked_by_hand():
    found = off_policy(FOUR, policy(NEW), 200, 0)
    assert found.effective_n == pytest.approx(3.5**2 / 5.25)
    assert found.mean_weight.value == pytest.approx(3.5 / 4)
    assert found.largest_share == pytest.approx(2 / 3.5)
    assert (found.n, found.n_clicks) == (4, 2)
    assert found.notes == (
        "The log is worth 2 rows, its heaviest has 57% of the weight: the intervals are too narrow.",
    )


def test_without_a_model_there_is_no_doubly_robust_estimate():
    assert set(off_policy(FOUR, policy(NEW), 200, 0).estimates) == {"ips", "snips"}


def test_equal_policies_have_the_plain_mean_and_every_row_counts_in_full():
    log = logged([1, 0, 0, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5])
    found = off_policy(log, policy(log.propensities), 200, 0)
    assert found.estimates["ips"].value == found.estimates["snips"].value == pytest.approx(0.4)
    assert found.effective_n == pytest.approx(5)
    assert on_policy(log, 200, 0) == found.estimates["ips"]


def test_a_policy_that_was_never_shown_has_no_estimate_and_it_is_said():
    found = off_policy(logged([1, 0], [0.5, 0.5]), policy([0, 0], [0.1, 0.1], [0.2, 0.2]), 200, 0)
    assert found.estimates == {}
    assert (found.effective_n, found.largest_share) == (0.0, 0.0)
    assert found.notes == (
        "Nothing that the new policy would show was ever shown in its place: the log says nothing about it.",
    )


def test_a_log_that_lacks_half_of_what_the_policy_shows_is_found_by_its_mean_weight():
    found = off_policy(logged([1, 0] * 200, [1.0] * 400), policy([0.5] * 400), 200, 0)
    assert found.notes[0].startswith("The mean weight is 0.500 (0.500 to 0.500), expected 1: the log does not show")


def test_no_click_among_what_the_policy_shows_is_said():
    found = off_policy(logged([0] * 200, [0.5] * 200), policy([0.5] * 200), 200, 0)
    assert found.notes == ("No click falls on what the new policy would show: the intervals say nothing.",)


def test_rows_of_one_answer_are_drawn_together_so_that_copies_add_no_certainty():
    rewards = np.random.default_rng(5).random(100) < 0.3
    alone = on_policy(logged(rewards, [0.5] * 100), 500, 1)
    copied = logged(np.repeat(rewards, 4), [0.5] * 400, np.repeat(range(100), 4))
    assert on_policy(copied, 500, 1) == alone


@pytest.mark.parametrize(
    ("log", "new", "sentence"),
    [
        (logged([], []), policy([]), "Nothing was logged: found 0 rows, expected at least one impression"),
        (logged([1, 0], [0.5]), policy([1, 1]), r"found logged propensities 1, expected 2 as of rewards"),
        (logged([1], [0.5]), policy([1], [0.1, 0.1], [0.1]), r"found model_shown 2, expected 1 as of rewards"),
        (logged([1, 0], [0.0, 0.5]), policy([1, 1]), r"1 of 2 logged propensities: found 0\.0, expected above 0"),
        (logged([1, 0], [np.nan, 1.5]), policy([1, 1]), r"2 of 2 logged propensities: found nan, 1\.5, expected"),
        (logged([1], [0.5]), policy([-0.1]), r"1 of 1 new propensities: found -0\.1, expected from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused(log, new, sentence):
    with pytest.raises(ContractError, match=sentence):
        off_policy(log, new, 200, 0)
