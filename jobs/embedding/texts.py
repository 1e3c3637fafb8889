"""The text that stands for an item, and the hash under which its embedding is kept."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID


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


def _parts() -> list[Column]:
    named = F.when(F.col("title") != F.col(ITEM_ID), F.col("title"))
    categories = F.when(F.size("categories") > 0, F.concat_ws(", ", "categories"))
    text = F.when(F.trim("text") != "", F.col("text"))
    return [named, categories, text]
