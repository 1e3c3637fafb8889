import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.dataset.source import Source
from jobs.dataset.tables import EVENTS, ITEMS
from jobs.dataset.time_sample import sample_times

NAMES = {"timestamp": "at"}


def source(*parts: Path, table=EVENTS, file_format="csv") -> Source:
    return Source(table, file_format, parts[0].parent, parts, {"user_id": "user_id", "item_id": "item_id", **NAMES})


def csv(folder: Path, name: str, times: list[object]) -> Path:
    (folder / name).write_text("user_id,item_id,at\n" + "".join(f"1,2,{time}\n" for time in times))
    return folder / name


def test_rows_are_read_on_until_some_have_a_time(tmp_path):
    part = csv(tmp_path, "a.csv", [""] * 3_000 + ["5"])
    assert sample_times(source(part), NAMES) == {"timestamp": ["5"]}


def test_parts_without_a_time_are_followed_by_the_next(tmp_path):
    parts = [csv(tmp_path, "a.csv", ["", " "]), csv(tmp_path, "b.csv", ["7"])]
    assert sample_times(source(*parts), NAMES) == {"timestamp": ["7"]}


def test_once_there_are_enough_no_more_are_read_or_kept(tmp_path):
    part = csv(tmp_path, "a.csv", list(range(5_000)))
    assert sample_times(source(part), NAMES) == {"timestamp": [str(i) for i in range(1_000)]}


def test_a_full_column_is_not_kept_while_another_is_looked_for(tmp_path):
    (tmp_path / "a.csv").write_text("item_id,x,y\n" + "1,9,\n" * 5_000 + "1,9,8\n")
    found = sample_times(source(tmp_path / "a.csv", table=ITEMS), {"available_from": "x", "available_until": "y"})
    assert (len(found["available_from"]), found["available_until"]) == (1_000, ["8"])


def test_a_key_of_json_lines_may_come_late(tmp_path):
    lines = [{"user_id": 1, "item_id": 2}] * 3_000 + [{"user_id": 1, "item_id": 2, "at": 6}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert sample_times(source(tmp_path / "a.jsonl", file_format="jsonl"), NAMES) == {"timestamp": ["6"]}


def test_of_parquet_later_row_groups_are_read(tmp_path):
    times = pa.array([None] * 30 + [4], pa.int64())
    pq.write_table(pa.table({"user_id": ["1"] * 31, "at": times}), tmp_path / "a.parquet", row_group_size=10)
    assert sample_times(source(tmp_path / "a.parquet", file_format="parquet"), NAMES) == {"timestamp": ["4"]}


def test_a_part_that_is_cut_gives_what_it_has(tmp_path):
    whole = csv(tmp_path, "whole.csv", [""] * 10 + [i * 7919 for i in range(30_000)]).read_bytes()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(whole)[:200])
    found = sample_times(source(tmp_path / "a.csv.gz", csv(tmp_path, "b.csv", ["3"])), NAMES)
    assert found["timestamp"][-1] == "3"
