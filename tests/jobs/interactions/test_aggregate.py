from datetime import UTC, datetime

from jobs.contract.tables import Part
from jobs.interactions.aggregate import interactions, merge_parts, repeat_share

EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)
EVENTS = "user_id string, item_id string, part string, weight double, timestamp timestamp, user_order int"


def test_events_sum_to_a_row_a_user_item_and_part(spark):
    rows = [("u", "a", "train", 1.0, EARLY, 1), ("u", "a", "train", 3.0, LATE, 2), ("u", "a", "test", 0.0, None, 3)]
    found = interactions(spark.createDataFrame(rows, EVENTS)).orderBy("part").collect()
    assert [(r.part, r.weight, r.n_events, r.last_order) for r in found] == [("test", 0.0, 1, 3), ("train", 4.0, 2, 2)]
    assert found[1].last_timestamp.month == 2


def test_merged_parts_hold_only_the_parts_named(spark):
    rows = [
        ("u", "a", "train", 1.0, EARLY, 1),
        ("u", "a", "validation", 1.0, LATE, 2),
        ("u", "b", "test", 1.0, LATE, 3),
    ]
    merged = merge_parts(interactions(spark.createDataFrame(rows, EVENTS)), (Part.TRAIN, Part.VALIDATION)).collect()
    assert [(r.item_id, r.weight, r.n_events, r.last_order) for r in merged] == [("a", 2.0, 2, 2)]


def test_repeat_share_is_the_share_of_liked_validation_pairs_known_from_training(spark):
    rows = [
        ("u", "milk", "train", 1.0, None, 1),
        ("u", "milk", "validation", 1.0, None, 2),
        ("u", "new", "validation", 1.0, None, 3),
        ("v", "milk", "validation", 0.0, None, 1),
    ]
    assert repeat_share(interactions(spark.createDataFrame(rows, EVENTS))) == 0.5


def test_the_newest_word_against_an_item_outweighs_what_was_liked_before(spark):
    rows = [
        ("u", "bought, then disliked", "train", 3.0, EARLY, 1),
        ("u", "bought, then disliked", "validation", 0.0, LATE, 2),
        ("u", "disliked, then bought", "train", 0.0, EARLY, 3),
        ("u", "disliked, then bought", "train", 3.0, LATE, 4),
    ]
    summed = interactions(spark.createDataFrame(rows, EVENTS))
    merged = {r.item_id: r.weight for r in merge_parts(summed, (Part.TRAIN, Part.VALIDATION)).collect()}
    assert merged == {"bought, then disliked": 0.0, "disliked, then bought": 3.0}
