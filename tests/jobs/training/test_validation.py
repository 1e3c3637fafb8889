import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jobs.training.validation import build_cases, by_weights, mean_ndcg

# Liking item 0 speaks for 1 twice as much as for 2; nothing speaks for 3.
WEIGHTS = sparse.csr_matrix(np.array([[0, 0, 0, 0], [2, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]], np.float32))


def _users(*rows):
    return pd.DataFrame(rows, columns=["liked", "seen", "targets"])


def test_ndcg_is_the_mean_over_users_with_a_new_target():
    users = _users(([0], [0], [1]), ([0], [0], [2]), ([0], [0], [3]), ([0], [0, 1], [1]))
    cases = build_cases(users, 4)
    assert len(cases) == 3  # the last one's only target was seen before
    assert mean_ndcg(cases, by_weights(cases, WEIGHTS), 10) == pytest.approx((1 + 1 / np.log2(3) + 0) / 3)


def test_what_was_seen_takes_no_place():
    cases = build_cases(_users(([0], [0, 1], [2])), 4)
    assert mean_ndcg(cases, by_weights(cases, WEIGHTS), 1) == 1.0


def test_targets_outside_the_covered_items_do_not_count():
    assert len(build_cases(_users(([0], [0], [3])), 3)) == 0


def test_nobody_to_judge_gives_zero():
    cases = build_cases(_users(), 4)
    assert (len(cases), mean_ndcg(cases, by_weights(cases, WEIGHTS), 10)) == (0, 0.0)
