import pickle

import numpy as np
import pytest

from jobs.candidates.build import SOURCES, build_sources
from jobs.candidates.histories import histories
from jobs.candidates.sources.contract import User
from jobs.candidates.user_rows import user_rows, users_of
from jobs.contract.errors import SettingsError
from jobs.contract.settings import Candidates
from tests.jobs.candidates.sources.tiny import ITEMS, catalogue, inputs

SETTINGS = Candidates(group_attribute="town")
NEWCOMER = User("new", *(np.zeros(0, dtype=kind) for kind in (np.int32, np.int32, np.float32)))


@pytest.fixture(scope="module")
def built(spark):
    """Every source, built from a dataset with all inputs, and its users, by id."""
    own = inputs(spark)
    sources, aside = build_sources(own, catalogue(), SETTINGS)
    assert aside == {}
    gathered = histories(own.interactions, catalogue().index(), SETTINGS.max_history)
    rows = user_rows(gathered, sources, own, catalogue(), SETTINGS)
    users = [user for batch in rows.toArrow().to_batches() for user in users_of(batch)]
    return sources, sorted(users, key=lambda user: user.user_id)


every_source = pytest.mark.parametrize("name", SOURCES)


def test_the_default_order_names_every_source():
    assert set(Candidates().sources) == set(SOURCES)


@every_source
def test_scores_are_a_fresh_float32_row_a_user_over_the_whole_catalogue(built, name):
    sources, users = built
    first, second = sources[name].scores(users), sources[name].scores(users)
    assert first.shape == (len(users), len(ITEMS))
    assert first.dtype == np.float32
    assert not np.shares_memory(first, second)
    np.testing.assert_array_equal(first, second)
    first[:] = 0
    np.testing.assert_array_equal(second, sources[name].scores(users))


@every_source
def test_scores_are_finite_or_minus_infinity_and_say_something_and_not_everything(built, name):
    sources, users = built
    scores = sources[name].scores(users)
    assert not np.isnan(scores).any()
    assert not np.isposinf(scores).any()
    assert np.isfinite(scores).any()
    assert np.isneginf(scores[:, ITEMS.index("f")]).all()  # nobody met it and nothing is known of it


@every_source
def test_scores_depend_neither_on_the_other_users_nor_on_the_size_of_the_block(built, name):
    sources, users = built
    together = sources[name].scores(users)
    alone = np.concatenate([sources[name].scores([user]) for user in users])
    turned = sources[name].scores(users[::-1])[::-1]
    np.testing.assert_allclose(together, alone, rtol=1e-5)
    np.testing.assert_allclose(together, turned, rtol=1e-5)


@every_source
def test_a_user_without_history_gets_scores_too(built, name):
    sources, users = built
    scores = sources[name].scores([NEWCOMER, users[0]])
    assert scores.shape == (2, len(ITEMS))
    assert not np.isnan(scores).any()
    np.testing.assert_allclose(scores[1], sources[name].scores(users[:1])[0], rtol=1e-5)


@every_source
def test_evidence_has_a_row_a_liked_item_and_a_column_a_chosen_one_or_is_none(built, name):
    sources, users = built
    chosen = np.array([2, 0, 5], dtype=np.int32)
    for user in (users[0], NEWCOMER):
        evidence = sources[name].evidence(user, chosen)
        assert evidence is None or (evidence.shape == (len(user.liked), 3) and evidence.dtype == np.float32)
        assert evidence is None or not np.isnan(evidence).any()


@every_source
def test_a_source_travels_to_the_tasks_and_scores_there_the_same(built, name):
    sources, users = built
    packed = pickle.dumps(sources[name])
    assert len(packed) < 10_000
    np.testing.assert_array_equal(pickle.loads(packed).scores(users), sources[name].scores(users))


def test_without_any_input_every_source_steps_aside_and_says_why(spark):
    sources, aside = build_sources(inputs(spark, rows={}, with_repeats=False), catalogue(), SETTINGS)
    assert sources == {}
    assert aside == {name: SOURCES[name].needs for name in SETTINGS.sources}


def test_an_unknown_source_is_refused(spark):
    with pytest.raises(
        SettingsError, match=r"candidates.sources holds unknown \['oracle'\]; there are \['again', 'als'"
    ):
        build_sources(inputs(spark, rows={}), catalogue(), Candidates(sources=("oracle",)))
