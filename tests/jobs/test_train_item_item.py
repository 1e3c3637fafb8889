"""Cosine covers every item, EASE the most liked that its memory allows; the report says how many."""

import pytest

from jobs import spark_io
from jobs.contract.tables import INTERACTIONS, ITEM_WEIGHTS, Fold
from jobs.train_item_item import run as train_item_item

N_ITEMS, N_USERS = 6, 24


@pytest.fixture
def stage(spark, make_run):
    """Return a function that trains on users who take three of six items each, i0 the most often."""

    def train(**changes):
        rows = [
            (f"u{user}", item, "train", 1.0, 1, None, place)
            for user in range(N_USERS)
            for place, item in enumerate(("i0", f"i{1 + user % 5}", f"i{1 + (user + 1 + user % 2) % 5}"))
        ]
        run = make_run(**changes)
        spark_io.write(spark.createDataFrame(rows, INTERACTIONS.ddl), run, INTERACTIONS)
        return train_item_item(spark, run), spark_io.read(spark, run, ITEM_WEIGHTS).collect()

    return train


def covered(rows, model, fold):
    return {row.item_id for row in rows if (row.model, row.fold) == (model, fold.value)}


def test_ease_covers_the_most_liked_items_that_are_allowed_and_cosine_all(stage):
    report, rows = stage(ease={"max_items": 3})
    assert (report["ease_items"], report["items"]) == (3, N_ITEMS)
    for fold in Fold:
        assert "i0" in covered(rows, "ease", fold)
        assert len(covered(rows, "ease", fold)) == 3
        assert len(covered(rows, "item_item", fold)) == N_ITEMS


def test_with_room_for_all_ease_covers_all(stage):
    report, rows = stage()
    assert (report["ease_items"], report["items"]) == (N_ITEMS, N_ITEMS)
    assert len(covered(rows, "ease", Fold.FINAL)) == N_ITEMS
