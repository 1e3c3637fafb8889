from pathlib import Path

import pyarrow as pa

from jobs.dataset.contract_rows import contract_batches, raw_schema, unreadable_batch
from jobs.dataset.csv_records import Malformed
from jobs.dataset.row_batch import RowBatch
from jobs.dataset.source import Source
from jobs.dataset.tables import EVENTS, ITEMS


def source(table=ITEMS, **changes) -> Source:
    names = {name: name for name in table.columns}
    return Source(table, "csv", Path("/d"), (Path("/d/x.csv"),), **{"names": names, **changes})


def convert(columns: dict[str, list], where: Source, **batch) -> list[dict]:
    n_rows = len(next(iter(columns.values())))
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    made = RowBatch(list(range(1, n_rows + 1)), arrays, **batch)
    return [row for rows in contract_batches(made, where, "x.csv") for row in rows.to_pylist()]


def test_empty_texts_are_null_and_missing_columns_too():
    row = convert({"item_id": ["i"], "title": [""]}, source())[0]
    assert (row["item_id"], row["title"], row["text"], row["input_file"], row["input_row"]) == (
        "i",
        None,
        None,
        "x.csv",
        1,
    )


def test_categories_are_split_trimmed_and_said_once():
    texts = ["a| b ||a", '["x", "y|z", null]', "", None, "[not json"]
    found = convert({"item_id": list("12345"), "categories": texts}, source())
    assert [row["categories"] for row in found] == [["a", "b"], ["x", "y|z"], None, None, ["[not json"]]


def test_categories_are_split_at_the_separator_that_was_named():
    found = convert({"item_id": ["i"], "categories": ["a|b; c"]}, source(category_separator=";"))
    assert found[0]["categories"] == ["a|b", "c"]


def test_columns_outside_the_contract_become_attributes_in_name_order():
    columns = {"item_id": ["i", "j"], "z": ["1", ""], "a": ["2", ""], "attributes": ['{"m": 3, "n": null}', "plain"]}
    found = convert(columns, source())
    assert [row["attributes"] for row in found] == [[("a", "2"), ("m", "3"), ("z", "1")], [("attributes", "plain")]]


def test_a_mapped_column_is_no_attribute():
    row = convert({"sku": ["i"], "name": ["n"]}, source(names={"item_id": "sku", "title": "name"}))[0]
    assert (row["item_id"], row["title"], row["attributes"]) == ("i", "n", None)


def test_constants_are_given_to_every_row():
    where = source(EVENTS, names={"user_id": "user_id", "item_id": "item_id"}, constants={"event_type": "purchase"})
    found = convert({"user_id": ["u", "v"], "item_id": ["i", "j"]}, where)
    assert [row["event_type"] for row in found] == ["purchase", "purchase"]


def test_malformed_rows_follow_with_their_numbers_and_replaced_ones_are_marked():
    found = convert({"item_id": ["i", "j"]}, source(), replaced={1}, malformed=[(3, Malformed("why", "bad \udce9"))])
    assert [row["replaced"] for row in found] == [False, True, False]
    assert [row["fault"] for row in found] == [None, None, "malformed_row"]
    assert (found[2]["input_row"], found[2]["fault_text"], found[2]["item_id"]) == (3, "bad ?", None)


def test_a_part_that_cannot_be_read_on_is_one_row():
    batch = unreadable_batch(source(), "x.csv", "cut")
    assert batch.schema == raw_schema(ITEMS)
    assert [(row["fault"], row["fault_why"], row["input_row"]) for row in batch.to_pylist()] == [
        ("unreadable_part", "cut", 0)
    ]


def test_columns_outside_the_contract_are_carried_for_events_in_name_order_where_filled():
    columns = {"user_id": ["u", "v", "w"], "item_id": ["i", "j", "k"], "z": ["1", "", None], "a": ["2", "3", None]}
    where = source(EVENTS, names={"user_id": "user_id", "item_id": "item_id"})
    assert [row["unmapped"] for row in convert(columns, where)] == [[("a", "2"), ("z", "1")], [("a", "3")], None]
    assert convert({"user_id": ["u"], "item_id": ["i"]}, where)[0]["unmapped"] is None
    assert convert({"item_id": ["i"], "z": ["1"]}, source())[0]["unmapped"] is None
