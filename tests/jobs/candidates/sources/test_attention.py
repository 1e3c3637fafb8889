from dataclasses import replace

import numpy as np
import pytest

from jobs.candidates.sources import attention
from jobs.candidates.sources.contract import User
from jobs.contract.settings import Candidates
from tests.jobs.candidates.sources.tiny import LATE, catalogue, inputs

# a and b share a text, d has none.
SCORES = attention.AttentionScores(
    np.array([[1, 0], [0, 1]], dtype=np.float32),
    np.array([0, 0, 1, -1], dtype=np.int32),
    temperature=0.5,
    half_life=2.0,
)
USER = User(
    "u", *(np.array(v, t) for v, t in (([0, 2], np.int32), ([0, 2], np.int32), ([1, 3], np.float32)))
)  # c counts 3 / (1 + 1/2) = 2


def test_the_score_is_the_log_of_the_weighed_attention():
    apart = np.exp(-2)  # exp((0 - 1) / 0.5)
    near_a, near_c = 1 + 0.5 * np.log(1 + 2 * apart), 1 + 0.5 * np.log(apart + 2)
    assert SCORES.scores([USER])[0] == pytest.approx([near_a, near_a, near_c, -np.inf])


def test_a_review_is_attended_to_like_a_liked_item():
    reviewed = replace(USER, liked=USER.liked[:0], weights=USER.weights[:0], reviews=np.array([0, 1, 0, 1], np.float32))
    assert SCORES.scores([reviewed])[0, 2] == pytest.approx(1 + 0.5 * np.log(1 + 2 / 3))


def test_evidence_is_the_attention_to_each_liked_item_with_a_text():
    found = SCORES.evidence(USER, np.array([1, 3], dtype=np.int32))
    assert found == pytest.approx(np.array([[1, 0], [0, 0]]))


def test_past_the_limit_of_distinct_texts_it_steps_aside(spark):
    # a, b and the twins c and d: three texts
    assert attention.build(inputs(spark), catalogue(), Candidates(attention_max_texts=2)) is None
    assert attention.build(inputs(spark), catalogue(), Candidates(attention_max_texts=3)) is not None


def test_texts_fade_where_validation_found_that_histories_do(spark):
    moving, lasting = (
        attention.build(inputs(spark, half_lives={"item_item": each}), catalogue(), Candidates()) for each in (3.0, 0.0)
    )
    assert (moving.half_life, lasting.half_life) == (Candidates().attention_half_life, 0.0)


def test_a_review_of_a_held_out_event_is_not_seen(spark):
    # u0 reviewed a, which the fold knows, and c, which it holds out.
    (row,) = attention.user_reviews(inputs(spark), catalogue(), Candidates()).collect()
    assert (row.user_id, row.reviews) == ("u0", pytest.approx([0.6, 0.8]))


def test_a_later_review_of_a_pair_that_training_knows_is_not_seen_either(spark):
    later = [("u0", "a", "h", LATE, [0.6, 0.8])]
    assert attention.user_reviews(inputs(spark, review_embeddings=later), catalogue(), Candidates()).isEmpty()


def test_of_many_reviews_the_newest_are_kept(spark):
    rows = [("u0", "a", "h", None, [0.0, 1.0]), ("u0", "b", "h", None, [1.0, 0.0])]
    own = inputs(spark, review_embeddings=rows)
    (row,) = attention.user_reviews(own, catalogue(), Candidates(max_reviews=1)).collect()
    assert row.reviews == [1.0, 0.0]  # b is u0's later event
