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


def test_what_a_user_liked_fades_by_its_place_among_all_that_they_liked():
    # The newest, item 5, is not covered, but newer than the others all the same.
    cases = build_cases(_users(([5, 2, 0], [0, 2, 5], [1]), ([3], [3], [1])), 4)
    assert cases.liked().toarray().tolist() == [[1, 0, 1, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(cases.liked(2.0).toarray(), [[1 / 2, 0, 1 / 1.5, 0], [0, 0, 0, 1]])


def test_what_fades_speaks_less():
    cases = build_cases(_users(([3, 0], [0, 3], [1])), 4)
    assert by_weights(cases, WEIGHTS, half_life=1.0)(slice(0, 1)).tolist() == [[-np.inf, 1, 0.5, -np.inf]]
