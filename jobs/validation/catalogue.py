"""The items of a dataset, with those that only its events know."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import ITEM_ID, VALIDATED_ITEMS


def unknown_items(events: DataFrame, items: DataFrame) -> DataFrame:
    """Return items that events name and the catalogue does not, as rows of ``validated_items``.

    A catalogue lags behind what is sold, so such an item is no fault: it is called by its id and has no text.

    Args:
        events: Valid events.
        items: Valid items; empty for a dataset without.
    """
    unknown = events.select(ITEM_ID).distinct().join(items.select(ITEM_ID), on=ITEM_ID, how="left_anti")
    given = {ITEM_ID: F.col(ITEM_ID), "title": F.col(ITEM_ID)}
    return unknown.select(
        *(given.get(name, F.lit(None)).cast(kind).alias(name) for name, kind in VALIDATED_ITEMS.columns)
    )
