from jobs.contract.settings import Split
from jobs.evaluation.targets import targets

SCHEMA = (
    "user_id string, item_id string, part string, weight double, n_events int, last_timestamp timestamp, "
    "last_order bigint"
)
ROWS = [
    ("u", "a", "train", 1.0),
    ("u", "b", "validation", 1.0),
    ("u", "a", "test", 1.0),  # repeats a training pair
    ("u", "b", "test", 1.0),  # repeats a validation pair
    ("u", "new", "test", 1.0),  # item unseen in training
    ("u", "c", "test", 1.0),
    ("v", "c", "train", 1.0),
    ("stranger", "c", "test", 1.0),  # user unseen in training
    ("v", "a", "test", 0.0),  # not liked
]


def held(spark, protocol):
    parted = spark.createDataFrame([(*row, 1, None, 1) for row in ROWS], SCHEMA)
    pairs, left_out = targets(parted, Split(protocol=protocol))
    return sorted(map(tuple, pairs.collect())), left_out


def test_protocols_leave_out_repeats_and_what_training_never_saw_and_count_it(spark):
    assert held(spark, "given") == ([("u", "c")], {"unknown_user": 1, "unknown_item": 1, "repeated": 2})


def test_the_night_counts_repeats_since_whether_to_recommend_them_is_the_question(spark):
    pairs, left_out = held(spark, "night")
    assert pairs == [("u", "a"), ("u", "b"), ("u", "c"), ("u", "new")]
    assert left_out == {"unknown_user": 1, "unknown_item": 0, "repeated": 0}


def test_cold_items_keep_the_items_that_training_never_saw(spark):
    assert ("u", "new") in held(spark, "cold_items")[0]
