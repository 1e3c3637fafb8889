import numpy as np
import pytest

from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.boosted import fit_boosted
from jobs.ranking.features import features
from jobs.ranking.ranker import Ranker, equal_ranker, mixed
from tests.jobs.ranking.tiny import NOTHING_KNOWN, block

SOURCES = ["als", "text"]
ROWS = [
    ("u", "a", "als", 0.9, 1),
    ("u", "b", "als", 0.8, 2),
    ("u", "b", "text", 0.7, 1),
    ("u", "c", "text", 0.6, 2),
    ("v", "c", "text", 0.6, 1),
]


@pytest.fixture(scope="module")
def trees():
    rng = np.random.default_rng(0)
    n_rows = 40 * 10
    known = rng.random((n_rows, 11)).astype(np.float32)
    return fit_boosted(known, known[:, 0] > 0.9, np.repeat(np.arange(40), 10), RankerSettings(), 5)


def test_fusion_is_the_weighted_sum_of_reciprocal_ranks_and_what_no_weighed_source_named_is_left_out():
    found = Ranker(SOURCES, np.float32([1, 0.5, 0, 0]), keep_seen=False).scores(block(*ROWS), NOTHING_KNOWN)
    assert found == pytest.approx([20 / 21, 20 / 22 + 10 / 21, 10 / 22, 10 / 21])
    alone = Ranker(SOURCES, np.float32([1, 0, 0, 0]), keep_seen=False).scores(block(*ROWS), NOTHING_KNOWN)
    assert alone.tolist() == [pytest.approx(20 / 21), pytest.approx(20 / 22), -np.inf, -np.inf]


def test_trees_are_mixed_with_the_fusion_and_leave_nothing_out(trees):
    ranker = Ranker(SOURCES, np.float32([1, 0, 0, 0]), False, trees, trees_weight=2.0, rounds=5)
    own = block(*ROWS)
    learned = trees.scores(features(own, NOTHING_KNOWN), 5)
    fused = np.array([20 / 21, 20 / 22, 0, 0])
    assert ranker.scores(own, NOTHING_KNOWN) == pytest.approx(mixed(fused, learned, own.user_of, 2.0), abs=1e-5)
    assert np.isfinite(ranker.scores(own, NOTHING_KNOWN)).all()


def test_trees_of_weight_zero_say_nothing(trees):
    with_trees = Ranker(SOURCES, np.float32([1, 0, 0, 0]), False, trees, trees_weight=0.0, rounds=5)
    without = Ranker(SOURCES, np.float32([1, 0, 0, 0]), False)
    np.testing.assert_array_equal(
        with_trees.scores(block(*ROWS), NOTHING_KNOWN), without.scores(block(*ROWS), NOTHING_KNOWN)
    )


def test_mixing_is_the_mean_of_both_by_weight_each_standardised_within_the_user():
    # Standardised: -1, 1 and 1, -1 for the first user, zeros for the second.
    found = mixed(np.array([1.0, 3.0, 5.0]), np.array([10.0, 0.0, 7.0]), np.array([0, 0, 1]), 3.0)
    assert found.tolist() == [(-1 + 3) / 4, (1 - 3) / 4, 0]


def test_nobodys_candidates_have_no_scores(trees):
    for ranker in (
        equal_ranker(SOURCES, False, "few"),
        Ranker(SOURCES, np.float32([1, 0, 0, 0]), False, trees, 1.0, 5),
    ):
        assert ranker.scores(block(), NOTHING_KNOWN).shape == (0,)


def test_the_report_holds_weights_by_source_and_no_trees(trees):
    ranker = Ranker(SOURCES, np.float32([0.123456, 0.25, 0, 0.25]), True, trees, 2.0, 5, {"ndcg": 0.1})
    assert ranker.report() == {
        "weights": {"als": 0.1235, "text": 0.5},
        "weights_of_scores": {"als": 0.0, "text": 0.25},
        "trees_weight": 2.0,
        "rounds": 5,
        "keep_seen": True,
        "validation": {"ndcg": 0.1},
    }


def test_where_nothing_can_be_chosen_all_sources_weigh_alike_and_the_report_says_why():
    ranker = equal_ranker(["a", "b", "c", "d"], True, "too few")
    assert ranker.weights.tolist() == [0.25] * 4 + [0] * 4
    assert ranker.validation == {"chosen": False, "why": "too few"}
    assert len(equal_ranker([], False, "nothing").weights) == 0
