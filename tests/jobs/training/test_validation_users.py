from jobs.contract.settings import load
from jobs.training.validation_users import validation_users

HISTORIES = [("ann", [0, 1], [1]), ("bob", [2], [2]), ("cy", [0], [0])]
PARTED = [
    ("ann", "c", "validation", 1.0),
    ("ann", "unknown", "validation", 1.0),
    ("ann", "a", "validation", 0.0),
    ("bob", "a", "validation", 1.0),
    ("cy", "a", "test", 1.0),
    ("dee", "a", "validation", 1.0),
]


def test_users_come_with_their_liked_validation_items_in_dense_indexes(spark):
    histories = spark.createDataFrame(HISTORIES, "user_id string, seen array<int>, liked array<int>")
    parted = spark.createDataFrame(PARTED, "user_id string, item_id string, part string, weight double")
    found = validation_users(histories, parted, {"a": 0, "b": 1, "c": 2}, load())
    rows = [(user_id, *(list(cell) for cell in lists)) for user_id, *lists in found.itertuples(index=False)]
    assert rows == [("ann", [1], [0, 1], [2]), ("bob", [2], [2], [0])]
