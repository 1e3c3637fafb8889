import numpy as np
import pytest
from pyarrow.dataset import dataset

from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.block import build_block
from jobs.ranking.boosted import fit_boosted
from jobs.ranking.cases import build_cases, user_ndcg
from jobs.ranking.choose import MIN_USERS, Validation, choose_ranker, clearly_better, without_source
from jobs.ranking.features import features
from tests.jobs.ranking.tiny import NOTHING_KNOWN, candidates, planted

SOURCES = ["als", "text"]
SETTINGS = RankerSettings(rounds=(10, 30), min_hits=50)


def least_alike(first: np.ndarray, second: np.ndarray) -> int:
    """The item on whose place the sources differ most: no weighted sum finds it, a tree can."""
    return int(np.argmax(np.abs(first - second)))


def best_of_both(first: np.ndarray, second: np.ndarray) -> int:
    return int(np.argmin(first + second))


def best_of_first(first: np.ndarray, second: np.ndarray) -> int:
    return int(np.argmin(first))


def validation(hit, n_users: int = 300, settings: RankerSettings = SETTINGS) -> Validation:
    rows, targets = planted(n_users, hit, np.random.default_rng(0))
    return Validation(dataset(rows), targets, NOTHING_KNOWN, settings, depth=12, k=3)


@pytest.fixture(scope="module")
def for_trees() -> Validation:
    return validation(least_alike)


@pytest.fixture(scope="module")
def treed(for_trees):
    return choose_ranker(for_trees, SOURCES, keep_seen=False)


def test_one_of_two_is_clearly_better_past_the_standard_error_of_the_difference():
    # Differences 1, 0, 0, 0: mean .25, deviation sqrt(3)/4, standard error sqrt(3)/8 = .217
    other = np.array([0.2, 0.4, 0.6, 0.8])
    assert clearly_better(other + [1, 0, 0, 0], other)
    # 1, -1, 1, 0: mean .25, deviation sqrt(11)/4, standard error sqrt(11)/8 = .415
    assert not clearly_better(other + [1, -1, 1, 0], other)
    assert not clearly_better(other, other)
    assert not clearly_better(other, other + [1, 0, 0, 0])


def test_trees_are_taken_where_they_clearly_help(treed):
    assert treed.trees is not None
    assert treed.rounds in SETTINGS.rounds
    assert treed.trees_weight in (0.25, 0.5, 1.0, 2.0, 4.0)
    report = treed.validation
    assert report["ndcg"] == pytest.approx(max(report["trees"].values()), abs=1e-4)
    assert report["ndcg"] > max(report["held_out_ndcg"].values()) + 0.1
    assert set(report["trees"]) == {f"{n} rounds, weight {w}" for n in (10, 30) for w in ("0.25", "0.5", "1", "2", "4")}
    assert sum(report["trees_importance"].values()) == pytest.approx(1, abs=1e-3)
    assert "trees_left_out" not in report


def test_the_same_seed_chooses_the_same_ranker(for_trees, treed):
    again = choose_ranker(for_trees, SOURCES, keep_seen=False)
    assert (again.trees, again.report()) == (treed.trees, treed.report())
    np.testing.assert_array_equal(again.weights, treed.weights)


def test_trees_are_left_out_where_the_fusion_says_all_and_the_report_compares_them():
    found = choose_ranker(validation(best_of_both), SOURCES, keep_seen=False)
    assert (found.trees, found.trees_weight, found.rounds) == (None, 0.0, 0)
    assert found.source_weights == pytest.approx([0.5, 0.5], abs=0.05)
    assert found.validation["trees_left_out"].startswith("trees reach 0.")
    assert f"the fusion alone {found.validation['ndcg']:.4f}" in found.validation["trees_left_out"]
    assert len(found.validation["trees"]) == 10


def test_with_too_few_hits_no_trees_are_tried():
    few = validation(best_of_first, n_users=49)
    found = choose_ranker(few, SOURCES, keep_seen=True)
    assert found.keep_seen
    assert found.trees is None
    assert found.validation["trees_left_out"] == "fewer than 50 hits to learn from"
    assert (found.validation["users"], found.validation["targets"], found.validation["hits"]) == (49, 49, 49)
    assert found.source_weights[0] > 0.8
    assert found.validation["ndcg"] > 0.99
    alone = choose_ranker(few, ["als"], keep_seen=True)
    assert alone.validation["weighed_by"] == "both"  # of equals the first


def test_with_fewer_users_than_are_needed_all_sources_weigh_alike():
    found = choose_ranker(validation(best_of_first, n_users=MIN_USERS - 1), SOURCES, keep_seen=False)
    assert found.weights.tolist() == [0.5, 0.5, 0, 0]
    assert found.validation == {"chosen": False, "why": "fewer than 20 validation users"}
    assert choose_ranker(validation(best_of_first, MIN_USERS), SOURCES, keep_seen=False).validation["chosen"]


def test_held_out_users_without_any_candidates_are_counted_and_earn_nothing():
    targets = {f"u{n}": {"a"} for n in range(MIN_USERS)}
    found = choose_ranker(
        Validation(dataset(candidates()), targets, NOTHING_KNOWN, SETTINGS, depth=12, k=3), SOURCES, keep_seen=False
    )
    assert (found.validation["users"], found.validation["hits"], found.validation["ndcg"]) == (20, 0, 0.0)


def test_what_is_judged_are_users_that_nothing_was_fitted_to():
    # What is taken by chance no ranker can know; only on the users that they were fitted to do trees seem to.
    rng = np.random.default_rng(5)
    noise = validation(lambda first, second: int(rng.integers(12)))
    by_chance = (1 + 1 / np.log2(3) + 1 / 2) / 12
    tried = choose_ranker(noise, SOURCES, keep_seen=False).validation["trees"].values()
    assert list(tried) == pytest.approx([by_chance] * 10, abs=0.06)
    own = build_block(noise.rows.to_table(), SOURCES, False, 12)
    cases, placed = build_cases(own, noise.targets)
    known = features(own, NOTHING_KNOWN)
    trees = fit_boosted(known, placed.hit, placed.user, SETTINGS, 30)
    fitted = user_ndcg(cases, placed.padded(trees.scores(known, 30), -np.inf), 3, floor=-np.inf)
    assert fitted.mean() > by_chance + 0.08


def test_without_a_source_the_ranker_has_no_such_source_and_is_decided_alike(for_trees, treed):
    found = without_source(for_trees, treed, "als")
    assert found.sources == ["text"]
    assert found.source_weights == pytest.approx([1])
    assert found.trees is not None
    assert found.trees != treed.trees
    assert (found.trees_weight, found.rounds) == (treed.trees_weight, treed.rounds)
    own = build_block(for_trees.rows.to_table(), ["text"], False, 12)
    assert np.isfinite(found.scores(own, NOTHING_KNOWN)).all()


def test_without_a_source_a_fusion_stays_a_fusion():
    own = validation(best_of_both)
    found = without_source(own, choose_ranker(own, SOURCES, keep_seen=True), "text")
    assert (found.sources, found.trees, found.keep_seen) == (["als"], None, True)


def test_without_a_source_what_was_not_chosen_stays_equal():
    few = validation(best_of_first, n_users=3)
    found = without_source(few, choose_ranker(few, ["als", "text", "popular"], keep_seen=False), "als")
    assert (found.sources, found.source_weights.tolist()) == (["text", "popular"], [0.5, 0.5])


def test_only_the_depth_is_ranked():
    rows = [(f"u{n:02d}", item, "als", -place, place) for n in range(20) for place, item in enumerate("abcd", start=1)]
    targets = {f"u{n:02d}": {"d"} for n in range(20)}
    given = dataset(candidates(*rows))
    shallow, deep = (Validation(given, targets, NOTHING_KNOWN, SETTINGS, depth, k=10) for depth in (3, 4))
    assert choose_ranker(shallow, ["als"], keep_seen=False).validation["hits"] == 0
    assert choose_ranker(deep, ["als"], keep_seen=False).validation["hits"] == 20
