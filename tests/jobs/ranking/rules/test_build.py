from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from jobs.contract.settings import load
from jobs.contract.tables import Fold
from jobs.ranking.rules.build import build_rulebook

AS_OF = datetime(2026, 1, 31, tzinfo=UTC)
ITEMS = [
    ("a", ["Drama", "War"], None),
    ("b", None, None),
    ("c", ["Drama"], AS_OF - timedelta(days=1)),
]
PARTED = [
    ("u", "a", "train", 1.0),
    ("v", "a", "train", 1.0),
    ("u", "b", "train", 1.0),
    ("v", "b", "train", 0.0),
    ("u", "c", "train", 1.0),
    ("u", "unlisted", "train", 1.0),
    ("v", "late", "test", 1.0),
]
PINS = [{"item": "a", "position": 1}, {"item": "c", "position": 2}]


@pytest.fixture
def build(spark):
    def found(rules, vectors=(), fold=Fold.FINAL, **settings):
        items = spark.createDataFrame(
            ITEMS, "item_id string, categories array<string>, available_until timestamp"
        ).selectExpr("*", "cast(null as timestamp) as available_from")
        parted = spark.createDataFrame(PARTED, "user_id string, item_id string, part string, weight double")
        trained = parted.where("part = 'train'").drop("part")
        embeddings = spark.createDataFrame(list(vectors), "item_id string, embedding array<float>")
        return build_rulebook(load(rules=rules, **settings), fold, items, embeddings, parted, trained, AS_OF)

    return found


def test_rules_know_every_item_of_the_fold_in_byte_order_with_its_categories(build):
    book = build({"pins": PINS})
    assert book.catalogue.item_ids == ["a", "b", "c", "late", "unlisted"]
    assert book.catalogue.categories.names == ["Drama", "War"]
    assert book.catalogue.categories.of(np.arange(5)) == [[0, 1], [], [0], [], []]


def test_what_is_no_longer_available_is_pinned_nowhere_but_in_the_backtest(build):
    assert build({"pins": PINS}).pinned.tolist() == [0]
    assert build({"pins": PINS}, fold=Fold.BACKTEST).pinned.tolist() == [0, 2]


def test_the_tail_is_what_few_users_liked_in_training(build):
    # Of five likes a has two: it alone is the head where the head makes two fifths of them.
    book = build({"exploration": {"every": 2}, "head_share": 0.4})
    assert np.flatnonzero(~book.catalogue.tail).tolist() == [0]
    assert book.pool.tolist() == [1]  # c is gone, the others are no items of the dataset


def test_vectors_are_made_of_length_one_and_zero_where_an_item_has_none(build):
    book = build({"diversity": {"relevance_weight": 0.5}}, vectors=[("a", [3.0, 4.0]), ("gone", [1.0, 0.0])])
    assert book.active == ("diversity",)
    assert book.catalogue.vectors == pytest.approx(np.array([[0.6, 0.8], *[[0, 0]] * 4]))


def test_without_vectors_diversity_steps_aside(build):
    book = build({"diversity": {"relevance_weight": 0.5}, "pins": PINS})
    assert book.catalogue.vectors is None
    assert book.active == ("pins",)


def test_without_rules_nothing_is_read(build):
    book = build({})
    assert (book.active, book.catalogue.item_ids) == ((), [])
