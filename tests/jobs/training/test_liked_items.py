from jobs.training.liked_items import liked_items


def test_the_most_liked_come_first_ties_by_id_and_what_nobody_liked_is_left_out(spark):
    rows = [("u1", "b", 1.0), ("u2", "b", 2.0), ("u1", "c", 1.0), ("u1", "a", 1.0), ("u1", "seen", 0.0)]
    ids = liked_items(spark.createDataFrame(rows, "user_id string, item_id string, weight double"))
    assert ids == ["b", "a", "c"]
