"""The item map: titles, categories and availability once an item, in Annoy order."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.release_files import ItemMap
from jobs.contract.tables import ITEM_ID


def build_item_map(profiles: DataFrame, indexed_ids: list[str]) -> ItemMap:
    """Return every item of ``profiles``: the indexed ones in the index's order, then the others sorted by id.

    Args:
        profiles: Table item_profile, item-sized: it is collected.
        indexed_ids: Item ids in Annoy order, all of them in ``profiles``.
    """
    columns = [ITEM_ID, "title", "categories"]
    times = [F.unix_seconds(name).alias(name) for name in ("available_from", "available_until")]
    rows: dict[str, dict[str, Any]] = {
        row[ITEM_ID]: row for row in profiles.select(*columns, *times).toArrow().to_pylist()
    }
    indexed = set(indexed_ids)
    ids = indexed_ids + sorted(item_id for item_id in rows if item_id not in indexed)
    return ItemMap(
        n_indexed=len(indexed_ids),
        ids=ids,
        titles=[rows[item_id]["title"] for item_id in ids],
        categories=[rows[item_id]["categories"] or [] for item_id in ids],
        available_from=[rows[item_id]["available_from"] for item_id in ids],
        available_until=[rows[item_id]["available_until"] for item_id in ids],
    )
