import numpy as np
import pytest

from jobs.candidates.scoring.folded import FoldedScores
from jobs.candidates.sources.contract import User

NO = -np.inf
SCORES = FoldedScores(
    gathers=np.float32([[1, 0], [0, 2], [0, 0], [1, 1]]),
    gives=np.float32([[1, 1], [0, 1], [3, 0], [0, 0]]),
)


def user(*liked: int) -> User:
    items = np.array(liked, dtype=np.int32)
    return User("u", np.sort(items), items, np.ones(len(items), dtype=np.float32))


def test_a_users_vector_is_the_sum_over_what_was_liked_and_what_gives_nothing_is_no_candidate():
    # Liked 0 and 1: (1, 2).
    assert SCORES.scores([user(0, 1), user(1)]).tolist() == [[3, 2, 3, NO], [2, 2, 0, NO]]


def test_who_liked_nothing_that_is_known_gets_nothing():
    assert SCORES.scores([user(), user(2)]).tolist() == [[NO] * 4] * 2


def test_nobody_is_scored_as_nobody():
    assert SCORES.scores([]).shape == (0, 4)


def test_how_much_was_liked_does_not_count_but_that_it_was():
    much = User("u", np.array([0]), np.array([0]), np.float32([9]))
    assert SCORES.scores([much]).tolist() == SCORES.scores([user(0)]).tolist()


def test_evidence_is_each_liked_items_part_of_the_score():
    chosen = np.array([2, 0], dtype=np.int32)
    evidence = SCORES.evidence(user(1, 0), chosen)
    assert evidence.tolist() == [[0, 2], [3, 1]]
    assert evidence.sum(axis=0) == pytest.approx(SCORES.scores([user(1, 0)])[0, chosen])


def test_what_was_liked_before_something_newer_counts_less_in_scores_and_evidence():
    fading = FoldedScores(SCORES.gathers, SCORES.gives, half_life=1.0)
    # Newest first: 1 whole and 0 half is (.5, 2).
    assert fading.scores([user(1, 0)]).tolist() == [[2.5, 2, 1.5, NO]]
    assert fading.evidence(user(1, 0), np.array([2], dtype=np.int32)).tolist() == [[0], [1.5]]
