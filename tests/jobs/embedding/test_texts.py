import hashlib
from datetime import UTC, datetime

from jobs.embedding.texts import item_texts, review_texts

SCHEMA = "item_id string, title string, text string, categories array<string>"


def texts(spark, *rows, max_chars=100):
    return {row.item_id: row for row in item_texts(spark.createDataFrame(list(rows), SCHEMA), max_chars).collect()}


def test_a_text_is_title_categories_and_text_and_its_hash_is_of_exactly_that(spark):
    found = texts(spark, ("1", "Alien (1979)", "In space.", ["Horror", "Sci-Fi"]))["1"]
    assert found.text == "Alien (1979). Horror, Sci-Fi. In space."
    assert found.text_hash == hashlib.sha256(found.text.encode()).hexdigest()


def test_an_item_of_which_only_the_id_is_known_has_no_text(spark):
    assert texts(spark, ("77", "77", None, None), ("78", "78", " ", [])) == {}


def test_an_id_for_a_title_is_left_out_of_the_text(spark):
    assert texts(spark, ("77", "77", None, ["Dairy"]))["77"].text == "Dairy"


def test_the_model_is_given_at_most_max_chars(spark):
    assert texts(spark, ("1", "abcdef", None, None), max_chars=3)["1"].text == "abc"


EVENTS = "user_id string, item_id string, text string, timestamp timestamp, input_file string, input_row bigint"


def test_of_a_users_reviews_the_newest_are_kept_and_equal_ones_once(spark):
    day = [datetime(2026, 1, n, tzinfo=UTC) for n in range(1, 4)]
    rows = [
        ("u", "a", "fine", day[0], "f", 1),
        ("u", "a", "fine", day[2], "f", 2),
        ("u", "b", "poor", day[1], "f", 3),
        ("u", "c", "  ", day[2], "f", 4),
        ("v", "a", "fine and long", None, "f", 5),
    ]
    found = review_texts(spark.createDataFrame(rows, EVENTS), max_chars=4, per_user=1).collect()
    # u's "fine" counts from when it was first said, so that "poor" is newer.
    assert sorted((row.user_id, row.item_id, row.text) for row in found) == [("u", "b", "poor"), ("v", "a", "fine")]
