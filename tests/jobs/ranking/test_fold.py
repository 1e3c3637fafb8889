import numpy as np
import pytest
from pyarrow.dataset import dataset

from jobs.contract.rule_settings import Rules
from jobs.contract.run import Run
from jobs.contract.settings import Ranker as RankerSettings
from jobs.ranking.choose import Validation
from jobs.ranking.fold import RankedFold, variants
from jobs.ranking.ranker import equal_ranker
from jobs.ranking.rules.rulebook import rulebook
from tests.jobs.ranking.rules.listings import catalogue
from tests.jobs.ranking.tiny import NOTHING_KNOWN, SCHEMA

NOBODY = Validation(dataset(SCHEMA.empty_table()), {}, NOTHING_KNOWN, RankerSettings(), depth=10, k=10)
RANKER = equal_ranker(["als", "text"], True, "few")
RULES = {"pins": [{"item": "i1", "position": 1}], "exploration": {"every": 3}}


@pytest.fixture
def opened(spark, make_run):
    """Return a function: a fold without candidates, and its run."""

    def of(rules, **settings) -> tuple[RankedFold, Run]:
        run = make_run(rules=rules, **settings)
        book = rulebook(Rules.model_validate(rules), catalogue(3, tail=[2]))
        return RankedFold(spark.createDataFrame([], "user_id string"), NOTHING_KNOWN, book), run

    return of


def test_each_night_draws_by_another_seed_and_a_rerun_by_the_same(opened, make_run):
    fold, run = opened({}, rank={"k": 7})
    tomorrow = make_run(run.run_date.replace(day=30))
    assert fold.lister(RANKER, run).seed == fold.lister(RANKER, run).seed
    assert fold.lister(RANKER, run).seed == fold.lister(RANKER, tomorrow).seed + 1
    assert fold.lister(RANKER, run).k == 7


def test_bits_are_the_places_of_the_settings_sources(opened):
    fold, run = opened({}, candidates={"sources": ["text", "als"]})
    assert fold.lister(RANKER, run).bits == {"text": 0, "als": 1}


def test_in_a_night_every_source_is_silent_once_with_the_ranker_and_the_rules_kept(opened):
    fold, run = opened({})
    found = variants(fold, RANKER, NOBODY, run, 10)
    assert {name: own.silent for name, own in found.items()} == {"without/als": "als", "without/text": "text"}
    assert all(own.ranker is RANKER and own.book is fold.book for own in found.values())


def test_a_night_of_many_judged_users_does_not_rank_again_for_each_source(opened):
    fold, run = opened({}, evaluate={"night_ablation_users": 10})
    assert variants(fold, RANKER, NOBODY, run, 11) == {}


def test_every_rule_is_left_out_alone_and_all_together(opened):
    fold, run = opened(RULES, evaluate={"night_ablation_users": 0})
    found = variants(fold, RANKER, NOBODY, run, 10)
    assert {name: lister.book.active for name, lister in found.items()} == {
        "without_rules": (),
        "without_rule/exploration": ("pins",),
        "without_rule/pins": ("exploration",),
    }
    assert all(lister.ranker is RANKER for lister in found.values())


def test_of_a_single_rule_all_together_says_enough(opened):
    fold, run = opened({"exploration": {"every": 3}}, evaluate={"night_ablation_users": 0})
    assert set(variants(fold, RANKER, NOBODY, run, 10)) == {"without_rules"}


def test_by_a_protocol_every_source_is_left_out_with_the_rules_kept(opened):
    fold, run = opened(RULES, split={"protocol": "leave_last_out"})
    found = {name: own for name, own in variants(fold, RANKER, NOBODY, run, 10).items() if name.startswith("without/")}
    assert {name: own.ranker.sources for name, own in found.items()} == {
        "without/als": ["text"],
        "without/text": ["als"],
    }
    for own in found.values():
        assert own.book is fold.book
        np.testing.assert_array_equal(own.ranker.weights, [1.0, 0.0])
        assert own.ranker.keep_seen


def test_the_only_source_is_not_left_out(opened):
    fold, run = opened({}, split={"protocol": "leave_last_out"})
    assert variants(fold, equal_ranker(["als"], False, "few"), NOBODY, run, 10) == {}
