from datetime import UTC, datetime

from jobs.contract.tables import ITEM_PROFILE
from jobs.releases.item_map import build_item_map

AT = datetime(2026, 1, 31, tzinfo=UTC)


def test_indexed_items_keep_the_index_order_and_the_others_follow_sorted(spark):
    rows = [
        ("c", "Gamma", ["x"], 1, 1, None, None, AT, AT),
        ("a", "Alpha", None, 1, 1, AT, datetime(2026, 2, 1, tzinfo=UTC), AT, AT),
        ("é/1", "Extra", [], 1, 1, None, None, AT, AT),
        ("b", "Beta", ["x", "y"], 1, 1, None, None, AT, AT),
    ]
    item_map = build_item_map(spark.createDataFrame(rows, ITEM_PROFILE.ddl), ["b", "c"])
    assert item_map.n_indexed == 2
    assert item_map.ids == ["b", "c", "a", "é/1"]
    assert item_map.titles == ["Beta", "Gamma", "Alpha", "Extra"]
    assert item_map.categories == [["x", "y"], ["x"], [], []]
    assert item_map.available_from == [None, None, 1769817600, None]
    assert item_map.available_until == [None, None, 1769904000, None]
