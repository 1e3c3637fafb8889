import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.contract.errors import DatasetError
from jobs.dataset.open_dataset import open_dataset


def write(folder, **files: str):
    for name, text in files.items():
        (folder / name.replace("_csv", ".csv").replace("_jsonl", ".jsonl").replace("_yaml", ".yaml")).write_text(text)
    return folder


def test_columns_are_found_by_the_contracts_names(tmp_path):
    dataset = open_dataset(write(tmp_path, events_csv="user_id,item_id,foo\n1,2,3\n"))
    source = dataset.sources["events"]
    assert source.present == ("user_id", "item_id")
    assert "timestamp" in source.missing
    assert dataset.notes == ["events: columns not in the contract only tell rows apart: foo"]


def test_dataset_yaml_maps_columns_and_gives_constants(tmp_path):
    mapping = "events: {columns: {user_id: Who, item_id: What}, constants: {event_type: purchase}}"
    source = open_dataset(write(tmp_path, events_csv="Who;What\n1;2\n", dataset_yaml=mapping)).sources["events"]
    assert source.names == {"user_id": "Who", "item_id": "What"}
    assert source.present == ("user_id", "item_id", "event_type")


def test_the_unit_of_times_is_detected_and_said(tmp_path):
    dataset = open_dataset(write(tmp_path, events_csv="user_id,item_id,timestamp\n1,2,1700000000000\n"))
    assert dataset.sources["events"].units == {"timestamp": "ms"}
    assert dataset.notes == ["events.timestamp: unit ms detected from the first rows"]


def test_a_named_unit_is_not_said_to_be_detected(tmp_path):
    files = {"events_csv": "user_id,item_id,timestamp\n1,2,1700000000\n", "dataset_yaml": "events: {timestamp_unit: s}"}
    dataset = open_dataset(write(tmp_path, **files))
    assert (dataset.sources["events"].units, dataset.notes) == ({"timestamp": "s"}, [])


def test_keys_of_json_lines_are_columns(tmp_path):
    source = open_dataset(write(tmp_path, events_jsonl='{"user_id": 1}\n{"user_id": 1, "item_id": 2}\n')).sources[
        "events"
    ]
    assert source.names == {"user_id": "user_id", "item_id": "item_id"}


def test_parquet_columns_are_read_from_its_schema(tmp_path):
    pq.write_table(pa.table({"user_id": [1], "item_id": [2], "x": [3]}), tmp_path / "events.parquet")
    assert open_dataset(tmp_path).sources["events"].ignored == ("x",)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"events_csv": "User,item_id\n1,2\n"},
            r"events.csv has no column user_id; it has User, item_id. Map it.*user_id: ",
        ),
        ({"events_csv": ""}, "events.csv is empty: expected user_id, item_id"),
        ({"events_csv": "\ufeff"}, "events.csv is empty"),
        ({"events_csv": "user_id,item_id,user_id\n"}, "names columns twice: 'user_id'"),
        ({"events_csv": 'user_id,"item_id\n'}, "the header is not CSV: a quote is opened and not closed"),
        ({"events_csv": '"a"b,c\n'}, "the header is not CSV: ',' expected after"),
        (
            {"events_csv": "user_id,item_id\n", "dataset_yaml": "events: {columns: {value: Quantiti}}"},
            "maps events.value to 'Quantiti', but events.csv has the columns user_id, item_id",
        ),
        ({"events_csv": "user_id,item_id\n", "items_csv": "id,title\n"}, "items.csv has no column item_id"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_way_out(tmp_path, files, message):
    with pytest.raises(DatasetError, match=message):
        open_dataset(write(tmp_path, **files))


def test_a_part_without_a_required_column_is_named(tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "a.csv").write_text("user_id,item_id\n")
    (tmp_path / "events" / "b.csv").write_text("user_id,thing\n")
    with pytest.raises(DatasetError, match=r"events/b.csv has no column item_id"):
        open_dataset(tmp_path)


def test_a_file_of_another_format_is_refused(tmp_path):
    (tmp_path / "events.parquet").write_text("user_id,item_id\n1,2\n")
    with pytest.raises(DatasetError, match="events.parquet cannot be read as parquet"):
        open_dataset(tmp_path)


def test_utf16_is_named(tmp_path):
    (tmp_path / "events.csv").write_text("user_id,item_id\n1,2\n", encoding="utf-16")
    with pytest.raises(DatasetError, match="is UTF-16, expected UTF-8. Say so in dataset.yaml"):
        open_dataset(tmp_path)
    (tmp_path / "dataset.yaml").write_text("events: {encoding: utf-16}")
    assert open_dataset(tmp_path).sources["events"].present == ("user_id", "item_id")


def test_a_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(DatasetError, match="is not a folder. A dataset is a folder with events"):
        open_dataset(tmp_path / "nowhere")


def test_unused_columns_of_a_graph_are_said_to_be_ignored(tmp_path):
    files = {"events_csv": "user_id,item_id\n", "graph_csv": "head,relation,tail,foo\n"}
    assert open_dataset(write(tmp_path, **files)).notes == ["graph: columns not in the contract are ignored: foo"]


def test_the_unit_is_detected_however_late_the_first_time_comes(tmp_path):
    rows = "1,2,\n" * 2_500 + "1,2,1700000000000\n"
    dataset = open_dataset(write(tmp_path, events_csv="user_id,item_id,timestamp\n" + rows))
    assert dataset.sources["events"].units == {"timestamp": "ms"}
