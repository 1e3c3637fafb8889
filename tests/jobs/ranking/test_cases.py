import numpy as np
import pytest

from jobs.ranking.cases import Cases, build_cases, user_ndcg
from tests.jobs.ranking.tiny import block

ROWS = [
    ("u", "a", "als", 0.9, 1),
    ("u", "b", "als", 0.8, 2),
    ("u", "b", "text", 0.7, 1),
    ("v", "a", "text", 0.7, 1),
]
TARGETS = {"w": {"a"}, "u": {"b", "missed"}, "v": {"x"}}
IDEAL = 1 + 1 / np.log2(3)


def by(cases: Cases, *weights: float) -> np.ndarray:
    return cases.signals[:, :, : len(weights)] @ np.float32(weights)


def test_cases_hold_signals_hits_and_every_target_of_every_validation_user():
    cases, _ = build_cases(block(*ROWS), TARGETS)
    assert len(cases) == 3  # u, v, and w without candidates
    assert cases.signals.shape == (3, 2, 4)
    # Of als, a lies two deviations above b; text gave u a single item, which lies no higher than the lowest.
    assert cases.signals[0] == pytest.approx(np.array([[20 / 21, 0, 0.4, 0], [20 / 22, 20 / 21, 0, 0]]), abs=1e-6)
    assert cases.signals[1] == pytest.approx(np.array([[0, 20 / 21, 0, 0], [0, 0, 0, 0]]))
    assert not cases.signals[2].any()
    assert cases.hits.tolist() == [[False, True], [False, False], [False, False]]
    assert cases.n_targets.tolist() == [2, 1, 1]


def test_pairs_are_laid_out_at_their_users_row_and_their_place():
    _, placed = build_cases(block(*ROWS), TARGETS)
    assert (placed.user.tolist(), placed.place.tolist()) == ([0, 0, 1], [0, 1, 0])
    assert placed.hit.tolist() == [False, True, False]
    assert placed.padded(np.array([1.0, 2.0, 3.0]), -9.0).tolist() == [[1, 2], [3, -9]]


def test_users_without_any_candidates_count_with_nothing():
    cases, placed = build_cases(block(), {"b": {"x"}, "a": {"x", "y"}})
    assert cases.signals.shape == (2, 1, 4)
    assert cases.n_targets.tolist() == [2, 1]
    assert user_ndcg(cases, by(cases, 1, 1), 10).tolist() == [0, 0]
    assert user_ndcg(cases, placed.padded(np.zeros(0), -np.inf), 10, floor=-np.inf).tolist() == [0, 0]


def test_the_cases_of_some_users_are_chosen_by_mask_or_index():
    cases, _ = build_cases(block(*ROWS), TARGETS)
    assert cases.only(np.array([True, False, True])).n_targets.tolist() == [2, 1]
    assert cases.only(np.array([0, 0])).hits.tolist() == [[False, True]] * 2


def test_ndcg_of_the_fusion_against_values_worked_by_hand():
    cases, _ = build_cases(block(*ROWS), TARGETS)
    # With text alone b is first; with als alone a is before b; v and w get nothing either way.
    assert user_ndcg(cases, by(cases, 0, 1), 10) == pytest.approx([1 / IDEAL, 0, 0])
    assert user_ndcg(cases, by(cases, 1, 0), 10) == pytest.approx([1 / np.log2(3) / IDEAL, 0, 0])


def test_below_the_cut_off_a_hit_counts_nothing_and_the_ideal_is_that_of_the_cut_off():
    cases, _ = build_cases(block(*ROWS), TARGETS)
    assert user_ndcg(cases, by(cases, 1, 0), 1).tolist() == [0, 0, 0]
    assert user_ndcg(cases, by(cases, 0, 1), 1).tolist() == [1, 0, 0]


def test_a_constant_score_earns_nothing_at_a_cut_off_below_the_candidates():
    cases = Cases(np.ones((1, 5, 1), dtype=np.float32), np.array([[True] + [False] * 4]), np.array([1]))
    assert user_ndcg(cases, by(cases, 1), 3).tolist() == [0.0]


def test_only_scores_above_the_floor_are_recommended():
    cases, _ = build_cases(block(*ROWS), TARGETS)
    below = np.array([[-2.0, -1.0], [-1.0, -np.inf]])
    assert user_ndcg(cases, below, 10).tolist() == [0, 0, 0]
    assert user_ndcg(cases, below, 10, floor=-np.inf) == pytest.approx([1 / IDEAL, 0, 0])


def test_many_hits_are_compared_in_parts_without_a_difference(monkeypatch):
    rng = np.random.default_rng(0)
    cases = Cases(rng.random((9, 6, 1), dtype=np.float32), rng.random((9, 6)) < 0.4, np.full(9, 3))
    whole = user_ndcg(cases, by(cases, 1), 4)
    monkeypatch.setattr("jobs.ranking.cases._COMPARISONS_AT_ONCE", 12)
    assert user_ndcg(cases, by(cases, 1), 4).tolist() == whole.tolist()
