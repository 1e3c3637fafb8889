import pytest

from jobs.contract.errors import DatasetError
from jobs.dataset.mapping import TableMapping
from jobs.dataset.parts import find_parts
from jobs.dataset.tables import EVENTS, ITEMS

DEFAULT = TableMapping()


def touch(folder, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


@pytest.mark.parametrize(
    ("name", "format_"),
    [("events.csv", "csv"), ("events.tsv", "csv"), ("events.CSV", "csv"), ("events.jsonl", "jsonl"),
     ("events.ndjson.gz", "jsonl"), ("events.csv.gz", "csv"), ("events.parquet", "parquet")],
)  # fmt: skip
def test_one_file_is_found_by_its_name(tmp_path, name, format_):
    touch(tmp_path, name, "events_old.csv", "notes.txt")
    assert find_parts(tmp_path, EVENTS, DEFAULT) == (format_, [tmp_path / name])


def test_a_folder_of_parts_is_read_in_name_order_without_hidden_files(tmp_path):
    touch(tmp_path, "events/b.csv", "events/a.csv", "events/_SUCCESS", "events/.crc", "events/_tmp/c.csv")
    assert find_parts(tmp_path, EVENTS, DEFAULT) == ("csv", [tmp_path / "events/a.csv", tmp_path / "events/b.csv"])


def test_parts_without_suffix_have_the_format_of_their_folder(tmp_path):
    touch(tmp_path, "events.parquet/part-0")
    assert find_parts(tmp_path, EVENTS, DEFAULT) == ("parquet", [tmp_path / "events.parquet/part-0"])


def test_dataset_yaml_may_name_file_and_format(tmp_path):
    touch(tmp_path, "orders.txt")
    assert find_parts(tmp_path, EVENTS, TableMapping(file="orders.txt", format="csv")) == (
        "csv",
        [tmp_path / "orders.txt"],
    )


def test_an_optional_table_may_be_missing(tmp_path):
    assert find_parts(tmp_path, ITEMS, DEFAULT) is None


def test_missing_events_are_told_with_what_is_there(tmp_path):
    touch(tmp_path, "event.csv")
    with pytest.raises(DatasetError, match=r"holds no events.parquet.*it holds event.csv.*events: \{file: event.csv\}"):
        find_parts(tmp_path, EVENTS, DEFAULT)


def test_a_table_that_is_there_twice_is_refused(tmp_path):
    touch(tmp_path, "events.csv", "events.parquet")
    with pytest.raises(DatasetError, match="holds events more than once: events.csv, events.parquet"):
        find_parts(tmp_path, EVENTS, DEFAULT)


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(DatasetError, match=r"orders.csv does not exist. dataset.yaml names it"):
        find_parts(tmp_path, EVENTS, TableMapping(file="orders.csv"))


def test_an_empty_folder_of_parts_is_refused(tmp_path):
    (tmp_path / "events").mkdir()
    with pytest.raises(DatasetError, match="holds no part files"):
        find_parts(tmp_path, EVENTS, DEFAULT)


def test_parts_of_several_formats_are_refused(tmp_path):
    touch(tmp_path, "events/a.csv", "events/b.jsonl")
    with pytest.raises(DatasetError, match="is of no one known format: found a.csv, b.jsonl"):
        find_parts(tmp_path, EVENTS, DEFAULT)
