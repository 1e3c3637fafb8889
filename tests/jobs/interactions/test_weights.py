from jobs.interactions.weights import event_weight, middle_of_rating_scale

SCHEMA = "event_type string, value double"


def test_the_middle_of_the_scale_comes_from_ratings_alone(spark):
    rows = [("rating", 1.0), ("rating", 5.0), ("purchase", 40.0)]
    assert middle_of_rating_scale(spark.createDataFrame(rows, SCHEMA)) == 3.0
    assert middle_of_rating_scale(spark.createDataFrame(rows[2:], SCHEMA)) is None


def test_low_ratings_and_dislikes_are_seen_not_liked_and_impressions_are_no_interaction(spark):
    rows = [("rating", 2.5), ("rating", 3.0), ("dislike", None), ("impression", None), (None, None), ("purchase", 2.0)]
    frame = spark.createDataFrame(rows, SCHEMA).select(event_weight(3.0).alias("weight"))
    assert [row.weight for row in frame.collect()] == [0.0, 1.0, 0.0, None, 1.0, 3.0]


def test_without_a_threshold_every_rating_is_liked(spark):
    frame = spark.createDataFrame([("rating", 1.0)], SCHEMA).select(event_weight(None).alias("weight"))
    assert frame.first().weight == 1.0


def test_one_value_far_off_the_scale_does_not_move_its_middle(spark):
    rows = [("rating", float(1 + n % 5)) for n in range(500)] + [("rating", 5000.0)]
    assert middle_of_rating_scale(spark.createDataFrame(rows, SCHEMA)) == 3.0


def test_a_rated_review_is_held_against_the_same_scale(spark):
    rows = [("review", 1.0), ("review", 5.0), ("review", None)]
    frame = spark.createDataFrame(rows, SCHEMA)
    assert middle_of_rating_scale(frame) == 3.0
    assert [row.weight for row in frame.select(event_weight(3.0).alias("weight")).collect()] == [0.0, 1.0, 1.0]
