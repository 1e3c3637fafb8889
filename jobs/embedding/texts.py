"""The texts that stand for items and the reviews of users, and the hash under which an embedding is kept."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contract.tables import INPUT_FILE, INPUT_ROW, ITEM_ID, TIMESTAMP, USER_ID


def item_texts(items: DataFrame, max_chars: int) -> DataFrame:
    """Return (item_id, text, text_hash) of the items that have any text of their own.

    Args:
        items: Rows of ``validated_items``.
        max_chars: Of a text, what the model is given.

    Returns:
        One row an item: title, categories and text joined by full stops; ``text_hash`` is the text's SHA-256 in hex.
        An item whose title is only its id and that has neither categories nor text is left out: an id means nothing to
        a model.
    """
    text = F.substring(F.concat_ws(". ", *_parts()), 1, max_chars)
    return (
        items.select(ITEM_ID, text.alias("text"))
        .where(F.trim("text") != "")
        .withColumn("text_hash", F.sha2("text", 256))
    )


def review_texts(events: DataFrame, max_chars: int, per_user: int) -> DataFrame:
    """Return (user_id, item_id, timestamp, text, text_hash) of each user's newest reviews.

    Args:
        events: Rows of ``validated_events``; those with a text count.
        max_chars: Of a text, what the model is given.
        per_user: Reviews kept of a user.

    Returns:
        One row a user, item and text; of equal ones the oldest.
    """
    text = F.substring("text", 1, max_chars)
    written = events.where(F.trim("text") != "").withColumns({"text": text, "text_hash": F.sha2(text, 256)})
    once = written.groupBy(USER_ID, ITEM_ID, "text_hash").agg(
        F.min(TIMESTAMP).alias(TIMESTAMP),
        F.first("text").alias("text"),
        F.max(F.struct(INPUT_FILE, INPUT_ROW)).alias("place"),
    )
    newest = Window.partitionBy(USER_ID).orderBy(F.desc(TIMESTAMP), F.desc("place"), "text_hash")
    kept = once.withColumn("newest", F.row_number().over(newest)).where(F.col("newest") <= per_user)
    return kept.select(USER_ID, ITEM_ID, TIMESTAMP, "text", "text_hash")


def _parts() -> list[Column]:
    named = F.when(F.col("title") != F.col(ITEM_ID), F.col("title"))
    categories = F.when(F.size("categories") > 0, F.concat_ws(", ", "categories"))
    text = F.when(F.trim("text") != "", F.col("text"))
    return [named, categories, text]
