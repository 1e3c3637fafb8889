import hashlib

from jobs.embedding.texts import item_texts

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
