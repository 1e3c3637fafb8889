import numpy as np
import pandas as pd
import pytest

from jobs.ranking.choose import Cases, build_cases, choose_weights, mean_ndcg

CANDIDATES = pd.DataFrame(
    [
        ("u", "a", "als", 1),
        ("u", "b", "als", 2),
        ("u", "b", "text", 1),
        ("v", "a", "text", 1),
        ("stranger", "a", "als", 1),
    ],
    columns=["user_id", "item_id", "source", "source_rank"],
)
TARGETS = pd.DataFrame([("u", "b"), ("u", "missed"), ("w", "a")], columns=["user_id", "item_id"])


def test_cases_hold_reciprocal_ranks_hits_and_every_target_of_every_validation_user():
    cases = build_cases(CANDIDATES, TARGETS, ["als", "text"])
    assert cases.features.shape == (2, 2, 2)  # users u and w; v and the stranger have nothing to validate
    assert cases.features[0] == pytest.approx(np.array([[20 / 21, 0], [20 / 22, 20 / 21]]))
    assert not cases.features[1].any()
    assert cases.hits.tolist() == [[False, True], [False, False]]
    assert cases.n_targets.tolist() == [2, 1]


def test_ndcg_of_the_blend_against_values_worked_by_hand():
    cases = build_cases(CANDIDATES, TARGETS, ["als", "text"])
    ideal = 1 + 1 / np.log2(3)
    # with text alone b is first; with als alone a is before b; user w gets nothing either way
    assert mean_ndcg(cases, np.array([0, 1], dtype=np.float32), 10) == pytest.approx(1 / ideal / 2)
    assert mean_ndcg(cases, np.array([1, 0], dtype=np.float32), 10) == pytest.approx(1 / np.log2(3) / ideal / 2)


def test_a_constant_score_earns_nothing_at_a_cut_off_below_the_candidates():
    cases = Cases(np.ones((1, 5, 1), dtype=np.float32), np.array([[True] + [False] * 4]), np.array([1]))
    assert mean_ndcg(cases, np.ones(1, dtype=np.float32), 3) == 0.0


def test_a_useless_source_gets_no_weight_and_two_that_complement_each_other_both_do():
    rng = np.random.default_rng(0)
    n_users, n_candidates = 200, 30
    hits = np.zeros((n_users, n_candidates), dtype=bool)
    hits[np.arange(n_users), rng.integers(0, n_candidates, n_users)] = True
    signal = [rng.random((n_users, n_candidates)) + hits * 0.4 for _ in range(2)]
    noise = rng.random((n_users, n_candidates))
    cases = Cases(np.stack([*signal, noise], axis=2).astype(np.float32), hits, np.ones(n_users, dtype=np.int64))
    weights, reached = choose_weights(cases, 10)
    assert weights[0] > 0
    assert weights[1] > 0
    assert weights[2] <= 0.2
    assert reached > max(mean_ndcg(cases, row, 10) for row in np.eye(3, dtype=np.float32))
