import numpy as np
import pytest

from jobs.contract.errors import ContractError
from jobs.evaluation.click_model import ClickModel, Impressions, cross_fitted, fit
from jobs.evaluation.off_policy import Logged, off_policy
from jobs.evaluation.policies import ListPolicy, TablePolicy, list_policy_weights, new_policy, policy_of_log

# Item x position; the truth of the simulation below.
N_ITEMS = 5
CLICK_RATES = np.array([[0.10, 0.02, 0.05, 0.20, 0.01], [0.05, 0.01, 0.03, 0.10, 0.02]])
LOGGING = np.array([[0.3, 0.2, 0.2, 0.1, 0.2], [0.2, 0.2, 0.3, 0.1, 0.2]])
ASKED = np.array([[0.1, 0.3, 0.1, 0.3, 0.2], [0.4, 0.1, 0.1, 0.2, 0.2]])
TRUTH = (CLICK_RATES * ASKED).sum(axis=1).mean()


def impressions(items, positions, rewards, propensities, n_items, n_positions=1):
    log = Logged(np.array(rewards, float), np.array(propensities, float), np.arange(len(items)))
    return Impressions(log, np.array(items, np.int64), np.array(positions, np.int64), n_items, n_positions)


def simulated(n, rng):
    """Draw a log of the logging policy over both positions."""
    positions = rng.integers(0, 2, n)
    items = (rng.random((n, 1)) > LOGGING.cumsum(axis=1)[positions]).sum(axis=1)
    rewards = rng.random(n) < CLICK_RATES[positions, items]
    return impressions(items, positions, rewards, LOGGING[positions, items], N_ITEMS, 2)


def test_every_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(20260131)
    covered = dict.fromkeys(("ips", "snips", "dr"), 0)
    for repetition in range(200):
        log = simulated(2_000, rng)
        found = off_policy(log.logged, new_policy(log, TablePolicy(ASKED, exact=True), repetition), 200, repetition)
        for name, one in found.estimates.items():
            covered[name] += one.ci_low <= TRUTH <= one.ci_high
    assert all(180 <= times <= 199 for times in covered.values()), covered


def test_a_policy_whose_log_states_one_propensity_an_item_that_add_up_is_exact():
    policy = policy_of_log(impressions([0, 1, 0], [0, 0, 0], [0, 0, 1], [0.75, 0.25, 0.75], 3))
    assert policy.exact
    assert policy.shares.tolist() == [[0.75, 0.25, 0.0]]


def test_a_policy_that_changed_is_the_share_of_each_item_in_each_position():
    policy = policy_of_log(impressions([0, 0, 0, 1, 1], [0, 0, 0, 0, 1], [0] * 5, [0.9, 0.5, 0.6, 0.4, 1.0], 2, 3))
    assert not policy.exact
    assert policy.shares.tolist() == [[0.75, 0.25], [0.0, 1.0], [0.0, 0.0]]


def test_propensities_that_do_not_add_up_are_not_the_whole_policy():
    assert not policy_of_log(impressions([0, 0], [0, 0], [0, 0], [0.5, 0.5], 2)).exact


def test_lists_show_each_of_their_items_as_likely_and_nothing_else():
    items, choices, starts = np.array([7, 8, 9]), np.array([7, 1, 2, 3, 8, 4]), np.array([0, 1, 5, 6])
    assert list_policy_weights(items, choices, starts).tolist() == [1.0, 0.25, 0.0]


def test_a_place_in_which_lists_show_nothing_is_refused():
    with pytest.raises(ContractError, match="Found 1 rows without a choice, expected at least one item a row"):
        list_policy_weights(np.array([1, 2]), np.array([1]), np.array([0, 1, 1]))


def test_what_a_model_expects_of_lists_is_the_mean_of_their_items_in_the_rows_position():
    log = impressions([0, 0], [0, 1], [0, 0], [1, 1], 3, 2)
    model = ClickModel(position_rates=np.array([0.1, 0.2]), item_factors=np.array([1.0, 2.0, 4.0]))
    lists = ListPolicy(choices=np.array([2, 0, 1]), starts=np.array([0, 1, 3]))
    assert lists.expected(log, np.array([0, 1]), model) == pytest.approx([0.1 * 4, 0.2 * 1.5])


def test_what_a_model_expects_of_a_table_is_weighted_by_its_shares():
    log = impressions([0], [0], [0], [1], 2)
    model = ClickModel(position_rates=np.array([0.1]), item_factors=np.array([1.0, 3.0]))
    assert TablePolicy(np.array([[0.25, 0.75]]), exact=True).expected(log, np.array([0]), model) == pytest.approx(
        [0.25]
    )


def test_rates_are_shrunk_by_the_impressions_of_one_click():
    # Two clicks in four rows: one click is worth two impressions.
    model = fit(impressions([0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1] * 4, 3, 2), np.arange(4))
    assert model.position_rates == pytest.approx([3 / 4, 1 / 4])
    assert model.item_factors == pytest.approx([3 / 2.5, 1 / 1.5, 1.0])


def test_without_clicks_the_model_expects_none():
    model = fit(impressions([0, 1], [0, 0], [0, 0], [1, 1], 2), np.arange(2))
    assert model.rates(np.array([0, 1]), np.array([0, 0])).tolist() == [0.0, 0.0]


def test_no_row_is_predicted_by_a_model_that_saw_it_or_its_answer():
    log = impressions([0, 0, 1, 1], [0] * 4, [1, 1, 0, 0], [1] * 4, 2)
    log = Impressions(Logged(log.logged.rewards, log.logged.propensities, np.array([0, 0, 1, 1])), *[
        log.items, log.positions, log.n_items, log.n_positions])  # fmt: skip
    # Two answers, five folds: each is predicted from the other alone, so the clicked one's item is worth nothing.
    predicted = {tuple(rows): model.rates(log.items[rows], log.positions[rows]) for rows, model in
                 cross_fitted(log, 5, 0)}  # fmt: skip
    assert set(predicted) == {(0, 1), (2, 3)}
    assert predicted[0, 1].tolist() == [0.0, 0.0]
    assert (predicted[2, 3] > 0).all()
