from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.scoring.one_list import ListScores
from jobs.candidates.scoring.own_list import OwnListScores
from jobs.candidates.scoring.vectors import VectorScores
from jobs.candidates.sources.contract import User

NO = -np.inf


def user(
    liked: list[int], weights: list[float], factors: list[float] | None = None, seen: list[int] | None = None
) -> User:
    return User(
        "u",
        np.array(seen if seen is not None else sorted(liked), dtype=np.int32),
        np.array(liked, dtype=np.int32),
        np.array(weights, dtype=np.float32),
        None if factors is None else np.array(factors, dtype=np.float32),
    )


SOURCES = {
    "als": VectorScores(np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=np.float32), "factors"),
    "sequence": VectorScores(np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=np.float32), "state"),
    "neighbour": NeighbourScores(
        sparse.csr_matrix(
            np.array([[0, 0.5, 0.2, 0], [0.5, 0, 0, 0], [0.2, 0, 0, 0.4], [0, 0, 0.4, 0]], dtype=np.float32)
        )
    ),
    "list": ListScores(np.array([3, 0, 2, 1], dtype=np.float32)),
    "history": OwnListScores(4, "liked", "weights"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_scores_each_user_over_the_whole_catalogue_in_a_fresh_array(name):
    users = [user([0, 2], [1, 2], [1, 0]), user([], [], None)]
    first, second = SOURCES[name].scores(users), SOURCES[name].scores(users)
    assert first.shape == (2, 4)
    assert first.dtype == np.float32
    first[:] = 0
    assert np.isneginf(second).any()
    assert not np.shares_memory(first, second)
    assert not np.isnan(second).any()


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_evidence_a_row_a_liked_item_or_none(name):
    evidence = SOURCES[name].evidence(user([0, 2], [1, 2], [1, 0]), np.array([1, 3, 0], dtype=np.int32))
    assert evidence is None or evidence.shape == (2, 3)


def test_als_scores_are_dot_products_and_nothing_is_said_without_factors():
    scores = SOURCES["als"].scores([user([0], [1], [2, 3]), user([0], [1], None)])
    assert scores.tolist() == [[2, 3, 5, NO], [NO, NO, NO, NO]]


def test_the_sequence_model_scores_by_the_users_state():
    states = replace(user([0], [1], [9, 9]), state=np.array([2, 3], dtype=np.float32))
    assert SOURCES["sequence"].scores([states, user([0], [1], [9, 9])]).tolist() == [[2, 3, 5, NO], [NO, NO, NO, NO]]


def test_als_evidence_is_the_cosine_of_item_factors():
    evidence = SOURCES["als"].evidence(user([0, 1], [1, 1], [1, 1]), np.array([2], dtype=np.int32))
    assert evidence == pytest.approx(np.array([[0.5**0.5], [0.5**0.5]]))


def test_neighbour_scores_sum_weight_times_similarity_over_what_was_liked():
    scores = SOURCES["neighbour"].scores([user([0, 3], [1, 2])])
    # item 1: 1 x .5; item 2: 1 x .2 + 2 x .4; items 0 and 3 have no liked neighbour
    assert scores[0, [1, 2]] == pytest.approx([0.5, 1.0])
    assert np.isneginf(scores[0, [0, 3]]).all()


def test_neighbour_evidence_is_each_liked_items_part_of_the_sum():
    evidence = SOURCES["neighbour"].evidence(user([0, 3], [1, 2]), np.array([2], dtype=np.int32))
    assert evidence == pytest.approx(np.array([[0.2], [0.8]]))


def test_list_scores_are_the_same_for_everybody_and_leave_out_what_nobody_took():
    assert SOURCES["list"].scores([user([], []), user([0], [1])]).tolist() == [[3, NO, 2, 1]] * 2


def test_history_scores_are_the_weights_of_what_the_user_liked():
    assert SOURCES["history"].scores([user([2, 0], [1.5, 0.5])]).tolist() == [[0.5, NO, 1.5, NO]]


def test_neighbours_of_what_was_liked_before_something_newer_count_less():
    fading = NeighbourScores(SOURCES["neighbour"].similarity, half_life=1.0)
    someone = user([2, 0], [1, 2])  # newest first, so that item 0 counts 2 / 2
    assert fading.scores([someone]).tolist() == [[pytest.approx(0.2), 0.5, pytest.approx(0.2), pytest.approx(0.4)]]
    assert fading.evidence(someone, np.array([1, 3], dtype=np.int32)).tolist() == [[0, pytest.approx(0.4)], [0.5, 0]]
