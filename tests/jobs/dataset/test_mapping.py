import pytest

from jobs.contract.errors import DatasetError
from jobs.contract.tables import EventType
from jobs.dataset.mapping import DatasetMapping, read_mapping

FULL = """
timezone: Europe/Paris
verb: bought
event_types: {buy: purchase}
category_separator: ";"
events:
  file: orders.txt
  format: csv
  delimiter: ";"
  encoding: latin-1
  timestamp_unit: ms
  columns: {user_id: CustomerID, item_id: StockCode}
  constants: {event_type: purchase, value: 1}
"""


def write(folder, text: str):
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_dataset_yaml_has_the_default_mapping(tmp_path):
    assert read_mapping(tmp_path) == DatasetMapping()


def test_every_field_is_read(tmp_path):
    mapping = read_mapping(write(tmp_path, FULL))
    assert mapping.event_types == {"buy": EventType.PURCHASE}
    assert mapping.table("events").columns == {"user_id": "CustomerID", "item_id": "StockCode"}
    assert mapping.table("events").constants == {"event_type": "purchase", "value": "1"}
    assert mapping.table("events").encoding == "iso8859-1"


def test_an_empty_dataset_yaml_is_the_default_mapping(tmp_path):
    assert read_mapping(write(tmp_path, "")) == DatasetMapping()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events: [", "is not YAML"),
        ("event: {}", "event is not known here; expected one of timezone, verb"),
        ("events: {colums: {}}", "events.colums is not known here; expected one of file, format, columns"),
        ("events: {columns: {user: x}}", "events has no column 'user'; it has user_id.*Did you mean user_id?"),
        ("users: {columns: {item_id: x}}", "users has no column 'item_id'"),
        ("timezone: Mars/Base", "unknown timezone 'Mars/Base'; expected an IANA name"),
        ("events: {timezone: 7}", "events.timezone: Input should be a valid string"),
        ("events: {timezone: Nowhere}", "unknown timezone 'Nowhere'"),
        ("events: {encoding: utf-9}", "unknown encoding 'utf-9'"),
        ("events: {delimiter: ';;'}", "events.delimiter: String should have at most 1 character"),
        ("events: {columns: {value: n}, constants: {value: 1}}", "value stand under both columns and constants"),
        ("events: {constants: [a]}", "events.constants: Input should be a valid dictionary"),
        ("event_types: {buy: sale}", "event_types.buy: Input should be 'impression', 'view'"),
        ("- a", "Input should be a valid dictionary"),
    ],
)
def test_faults_are_named_with_what_is_expected(tmp_path, text, message):
    with pytest.raises(DatasetError, match=message):
        read_mapping(write(tmp_path, text))
