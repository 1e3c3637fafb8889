"""The stage validate on whole folders: what is kept, what is put aside, what stops the run."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import spark_io, validate
from jobs.contract import tables
from jobs.contract.errors import DatasetError
from jobs.contract.run import open_run
from jobs.contract.settings import load

OMEGA_NFC, OMEGA_NFD = "caf\u00e9", "cafe\u0301"
IDS = ["077", "77", " 77 ", "🎬", "電影", "فيلم", OMEGA_NFC, OMEGA_NFD, "a,b", 'say "hi"', "../x", "two\nlines", "%00"]

EVENTS = """user_id,item_id,timestamp,event_type,value,position,propensity,text,extra
u1,i1,2025-06-01T10:00:00Z,purchase,2,1,0.5,,x
,i1,2025-06-01T10:00:00Z,purchase,1,,,,
u2, ,2025-06-01T10:00:00Z,purchase,1,,,,
u3,i1,yesterday,view,,,,,
u4,i1,9999-02-01T00:00:00Z,view,,,,,
u5,i1,1989-12-31T23:59:59Z,view,,,,,
u6,i1,2025-06-01T10:00:00Z,rating,abc,,,,
u7,i1,2025-06-01T10:00:00Z,rating,NaN,,,,
u8,i1,2025-06-01T10:00:00Z,rating,-inf,,,,
u9,i1,2025-06-01T10:00:00Z,purchase,-1,,,,
u10,i1,2025-06-01T10:00:00Z,rating,-1,,,,
u11,i1,2025-06-01T10:00:00Z,sold,1,,,,
u12,i1,2025-06-01T10:00:00Z,impression,,-1,,,
u13,i1,2025-06-01T10:00:00Z,impression,,1.5,,,
u14,i1,2025-06-01T10:00:00Z,impression,,1,0,,
u15,i1,2025-06-01T10:00:00Z,impression,,1,1.5,,
u16,i1,2025-06-01T10:00:00Z,impression,,1,x,,
u17,i1
LONG,i1,2025-06-01T10:00:00Z,view,,,,,
u18\0,i1,2025-06-01T10:00:00Z,view,,,,,
u1,i1,2025-06-01T10:00:00Z,purchase,2,1,0.5,,x
u19,i1,2026-01-31T23:59:59Z,VIEW,,,,,
u20,i9,2025-06-01 10:00:00,review,4,,,LONGTEXT,
u21,i1,,view,,,,,
""".replace("LONGTEXT", "x" * 50).replace("LONG", "u" * 1025)

ITEMS = """item_id,title,text,categories,price,available_from,available_until
i1,First,about,a|b||a,3,,
i2,,  ,,,,
,Nameless,,,,,
i3,Third,,,,2025-02-01,2025-01-01
i4,Fourth,,,,never,
i5,Fifth,,,,,
i5,Fifth,fuller,,,,
i5,Fifth,,,,,
"""


@pytest.fixture
def dataset(tmp_path):
    """Return a function that writes files into a dataset folder: ``dataset({"events.csv": "..."})``."""

    def write(files: dict[str, str | bytes]) -> str:
        folder = tmp_path / "dataset"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(folder)

    return write


def rows(spark, run, table, *names):
    return [tuple(row) for row in spark_io.read(spark, run, table).select(*names).collect()]


@pytest.fixture(scope="module")
def outcome(spark, tmp_path_factory):
    """The run over EVENTS and ITEMS, in which each bad row breaks one rule, and its report."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "events.csv").write_text(EVENTS)
    (folder / "items.csv").write_text(ITEMS)
    limits = {"max_bad_share": 1, "max_text_chars": 20}
    run = open_run(load(home=str(folder / "home"), dataset=str(folder), validate=limits), date(2026, 1, 31))
    return run, validate.run(spark, run)


class TestADirtyShop:
    def test_every_bad_event_is_put_aside_with_the_rule_it_broke(self, spark, outcome):
        found = rows(spark, outcome[0], tables.QUARANTINE, "table", "input_row", "rule")
        assert sorted((row, rule) for table, row, rule in found if table == "events") == [
            (2, "missing_user_id"),
            (3, "missing_item_id"),
            (4, "bad_timestamp"),
            (5, "timestamp_in_future"),
            (6, "timestamp_too_old"),
            (7, "bad_value"),
            (8, "value_not_finite"),
            (9, "value_not_finite"),
            (10, "negative_quantity"),
            (12, "unknown_event_type"),
            (13, "bad_position"),
            (14, "bad_position"),
            (15, "bad_propensity"),
            (16, "bad_propensity"),
            (17, "bad_propensity"),
            (18, "malformed_row"),
            (19, "id_too_long"),
            (20, "nul_in_id"),
            (21, "duplicate"),
        ]

    def test_every_bad_item_is_put_aside_and_the_fuller_of_two_stays(self, spark, outcome):
        found = rows(spark, outcome[0], tables.QUARANTINE, "table", "input_row", "rule", "why")
        assert sorted(row[1:] for row in found if row[0] == "items") == [
            (3, "missing_item_id", "item_id is missing"),
            (
                4,
                "available_from_after_until",
                "available_from '2025-02-01 00:00:00' is after available_until '2025-01-01 00:00:00'",
            ),
            (
                5,
                "bad_available_from",
                "available_from 'never' is no time, expected year first, for instance 2026-01-31T08:00:00Z",
            ),
            (6, "conflicting_duplicate", "same key as another row, other content; items.csv:7 is kept"),
            (8, "duplicate", "repeats another row; items.csv:7 is kept"),
        ]

    def test_the_reason_holds_the_value_and_the_row_is_kept_whole(self, spark, outcome):
        found = {
            row[0]: row[1:] for row in rows(spark, outcome[0], tables.QUARANTINE, "rule", "why", "row", "input_file")
        }
        why, row, file = found["unknown_event_type"]
        assert why.startswith("event_type 'sold' is unknown; map it in dataset.yaml to one of impression, view")
        assert json.loads(row)["event_type"] == "sold"
        assert file == "events.csv"
        assert found["timestamp_in_future"][0] == (
            "timestamp '9999-02-01 00:00:00' UTC is after the run date, which ends 2026-02-01 00:00 UTC, "
            f"and after the present moment, {outcome[0].opened_at:%Y-%m-%d %H:%M} UTC"
        )
        assert json.loads(found["malformed_row"][1]) == {"text": "u17,i1"}

    def test_good_events_are_typed(self, spark, outcome):
        names = ("user_id", "event_type", "value", "position", "propensity", "input_row")
        assert sorted(rows(spark, outcome[0], tables.VALIDATED_EVENTS, *names)) == [
            ("u1", "purchase", 2.0, 1, 0.5, 1),
            ("u10", "rating", -1.0, None, None, 11),
            ("u19", "view", None, None, None, 22),
            ("u20", "review", 4.0, None, None, 23),
            ("u21", "view", None, None, None, 24),
        ]

    def test_items_are_repaired_split_and_completed_from_events(self, spark, outcome):
        names = ("item_id", "title", "text", "categories", "attributes")
        assert sorted(rows(spark, outcome[0], tables.VALIDATED_ITEMS, *names)) == [
            ("i1", "First", "about", ["a", "b"], {"price": "3"}),
            ("i2", "i2", None, None, None),
            ("i5", "Fifth", "fuller", None, None),
            ("i9", "i9", None, None, None),
        ]

    def test_the_report_counts_what_was_kept_mended_and_put_aside(self, outcome):
        report = outcome[1]
        assert report["as_of"] == "2026-01-31T23:59:59+00:00"
        assert (report["verb"], report["has_timestamps"], report["unknown_items"]) == ("viewed", True, 1)
        events, items = report["tables"]["events"], report["tables"]["items"]
        assert (events["rows_in"], events["valid"], events["quarantined"]["bad_propensity"]) == (24, 5, 3)
        assert events["repaired"] == {"naive_time_taken_as_utc": 1, "text_cut": 1}
        assert items["repaired"] == {"title_from_id": 1, "text_empty": 1}
        assert "events: columns not in the contract only tell rows apart: extra" in report["notes"]

    def test_tables_that_the_dataset_lacks_are_written_empty(self, spark, outcome):
        for table in (tables.VALIDATED_USERS, tables.VALIDATED_GRAPH, tables.VALIDATED_SOCIAL):
            assert spark_io.read(spark, outcome[0], table).count() == 0


def test_ids_are_kept_byte_for_byte_in_every_format_and_numbers_are_their_digits(spark, make_run, dataset):
    quoted = "".join('"{}",i\n'.format(i.replace('"', '""')) for i in IDS)
    lines = "".join(json.dumps({"item_id": i, "title": "t"}) + "\n" for i in [*IDS, 78, 79.0])
    folder = dataset({"events.csv": "user_id,item_id\n" + quoted, "items.jsonl": lines})
    pq.write_table(pa.table({"user_id": IDS}), f"{folder}/users.parquet")
    run = make_run(dataset=folder)
    validate.run(spark, run)
    assert sorted(row[0] for row in rows(spark, run, tables.VALIDATED_EVENTS, "user_id")) == sorted(IDS)
    assert sorted(row[0] for row in rows(spark, run, tables.VALIDATED_ITEMS, "item_id")) == sorted(
        [*IDS, "78", "79", "i"]
    )
    assert sorted(row[0] for row in rows(spark, run, tables.VALIDATED_USERS, "user_id")) == sorted(IDS)


def test_parts_times_units_and_broken_bytes_come_through_together(spark, make_run, dataset):
    folder = dataset({"dataset.yaml": "verb: heard\nevent_types: {played: listen}\n"})
    (events := Path(folder) / "events").mkdir()
    (events / "a.csv").write_bytes(
        b"\xef\xbb\xbfitem_id\tuser_id\ttimestamp\tevent_type\r\ni1\tu1\t1700000001\tplayed\r\n"
    )
    (events / "b.csv").write_bytes(
        b"user_id,timestamp,item_id,platform\nu1,1700000000,caf\xe9,tv\nu2,1700000000,i1,tv\n"
    )
    run = make_run(dataset=folder)
    report = validate.run(spark, run)
    names = ("user_id", "item_id", "event_type", "platform", "input_file", "input_row")
    assert sorted(rows(spark, run, tables.VALIDATED_EVENTS, *names), key=lambda row: row[-2:]) == [
        ("u1", "i1", "listen", None, "events/a.csv", 1),
        ("u1", "caf\ufffd", None, "tv", "events/b.csv", 1),
        ("u2", "i1", None, "tv", "events/b.csv", 2),
    ]
    assert report["tables"]["events"]["repaired"] == {"invalid_utf8_replaced": 1}
    assert any("events: 1 rows held bytes that are no UTF-8" in note for note in report["notes"])
    assert (report["verb"], report["as_of"]) == ("heard", "2023-11-14T22:13:21+00:00")


def test_without_times_the_report_says_so_and_as_of_is_the_end_of_the_run_date(spark, make_run, dataset):
    run = make_run(dataset=dataset({"events.jsonl": '{"user_id": 1, "item_id": 2}\n'}))
    report = validate.run(spark, run)
    assert (report["has_timestamps"], report["as_of"]) == (False, "2026-02-01T00:00:00+00:00")
    assert any("events have no times" in note for note in report["notes"])
    assert rows(spark, run, tables.VALIDATED_ITEMS, "item_id", "title") == [("2", "2")]


def test_of_events_with_one_id_the_newest_stays_whatever_their_order(spark, make_run, dataset):
    lines = ["e1,u1,i1,2025-01-01Z,1", "e1,u1,i1,2025-01-02Z,2", "e1,u1,i1,2025-01-02Z,3", "e1,u1,i1,2025-01-01Z,1"]
    lines = [line.replace("Z", "T00:00:00Z") for line in lines]
    kept = []
    for order in (lines, lines[::-1]):
        run = make_run(
            dataset=dataset({"events.csv": "\n".join(["event_id,user_id,item_id,timestamp,value", *order])}),
            validate={"max_bad_share": 1},
        )
        report = validate.run(spark, run)
        kept.append(rows(spark, run, tables.VALIDATED_EVENTS, "timestamp", "value"))
        assert report["tables"]["events"]["quarantined"] == {"conflicting_duplicate": 2, "duplicate": 1}
    assert kept[0] == kept[1]
    assert kept[0][0][0].isoformat() == "2025-01-02T00:00:00"


def test_a_dataset_without_one_valid_event_is_refused(spark, make_run, dataset):
    run = make_run(dataset=dataset({"events.csv": "user_id,item_id\n"}))
    with pytest.raises(DatasetError, match="holds 0 valid events, so there is nothing to learn from"):
        validate.run(spark, run)


def backfill(make_run, folder: str):
    """Return a run of 31 January that was opened on 10 February at noon."""
    return replace(make_run(dataset=folder), opened_at=datetime(2026, 2, 10, 12, tzinfo=UTC))


def test_events_after_a_backfills_date_are_put_aside_and_are_not_bad(spark, make_run, dataset):
    later = "".join(f"u{i},i1,2026-02-{1 + i % 10:02d}T00:00:00Z\n" for i in range(30))
    edges = "u1,i1,2026-01-31T23:59:59Z\nu1,i1,2026-02-01T00:00:00Z\nu1,i1,2026-02-10T12:00:00Z\n"
    future = "u2,i1,2026-02-10T12:00:01Z\n"
    folder = dataset({"events.csv": "user_id,item_id,timestamp\n" + edges + future + later})
    report = validate.run(spark, run := backfill(make_run, folder))
    assert report["tables"]["events"]["quarantined"] == {"after_run_date": 32, "timestamp_in_future": 1}
    assert (report["n_events"], report["as_of"]) == (1, "2026-01-31T23:59:59+00:00")
    assert "events: 32 rows are after the run date; put aside, and not counted as bad" in report["notes"]
    found = rows(spark, run, tables.QUARANTINE, "rule", "input_row")
    assert {row for row in found if row[1] < 5} == {
        ("after_run_date", 2),
        ("after_run_date", 3),
        ("timestamp_in_future", 4),
    }


@pytest.mark.parametrize(("more", "said"), [("", "all 2 events are"), (",i,\n", "all 3 events but 1 bad ones are")])
def test_a_dataset_that_begins_after_the_run_date_is_refused_with_that_reason(spark, make_run, dataset, more, said):
    lines = "user_id,item_id,timestamp\nu,i,2026-02-01T00:00:00Z\nu,i,2026-02-02T00:00:00Z\n"
    run = backfill(make_run, dataset({"events.csv": lines + more}))
    run = replace(run, settings=run.settings.replace(validate={"max_bad_share": 1}))
    with pytest.raises(DatasetError, match=f"{said} after the run date 2026-01-31. Run a date that the events reach"):
        validate.run(spark, run)


def test_orders_that_differ_only_in_an_unmapped_column_are_two_in_every_format(spark, make_run, dataset):
    orders = [("u", "i", "2025-01-01", f"o{i}") for i in (1, 2, 2)]
    names = ("user_id", "item_id", "timestamp", "order_id")
    folder = Path(dataset({"dataset.yaml": ""}))
    for format_name in ("csv", "jsonl", "parquet"):
        for old in folder.glob("events.*"):
            old.unlink()
        if format_name == "csv":
            (folder / "events.csv").write_text("\n".join(",".join(line) for line in (names, *orders)))
        elif format_name == "jsonl":
            text = "\n".join(json.dumps(dict(zip(names, order, strict=True))) for order in orders)
            (folder / "events.jsonl").write_text(text)
        else:
            columns = dict(zip(names, zip(*orders, strict=True), strict=True))
            pq.write_table(pa.table(columns), folder / "events.parquet")
        report = validate.run(spark, make_run(dataset=str(folder)))
        assert report["tables"]["events"]["quarantined"] == {"duplicate": 1}
        assert report["n_events"] == 2


def test_events_of_one_id_that_differ_in_an_unmapped_column_conflict(spark, make_run, dataset):
    lines = ["event_id,user_id,item_id,shop", "e,u,i,x", "e,u,i,y", "e,u,i,y"]
    folder = dataset({"events.csv": "\n".join(lines)})
    report = validate.run(spark, make_run(dataset=folder, validate={"max_bad_share": 1}))
    assert report["tables"]["events"]["quarantined"].keys() == {"conflicting_duplicate", "duplicate"}
    assert report["n_events"] == 1


def test_edges_of_the_graph_that_differ_in_an_unmapped_column_are_one(spark, make_run, dataset):
    graph = "head,relation,tail,weight\na,r,b,1\na,r,b,2\n"
    report = validate.run(
        spark, make_run(dataset=dataset({"events.csv": "user_id,item_id\nu,i\n", "graph.csv": graph}))
    )
    assert report["tables"]["graph"]["quarantined"] == {"duplicate": 1}


def test_a_part_that_is_cut_is_refused_whatever_the_limit(spark, make_run, dataset):
    content = "user_id,item_id\n" + "".join(f"{i * 7919},{i * 104729}\n" for i in range(20_000))
    folder = dataset({"events.csv.gz": gzip.compress(content.encode())[:-5_000]})
    run = make_run(dataset=folder, validate={"max_bad_share": 1})
    with pytest.raises(DatasetError, match=r"events.csv.gz cannot be read to its end \(EOFError.*Copy it again"):
        validate.run(spark, run)


def dirty_shop(n_rows: int, n_duplicates: int) -> str:
    """Return a shop's events: a quarter without a user, one in ten a return, the last ``n_duplicates`` repeated."""
    lines = []
    for i in range(n_rows - n_duplicates):
        user, value = "" if i % 4 == 0 else i % 977, -1 if i % 10 == 1 else 1 + i % 7
        time = f"2025-{1 + i % 12:02d}-{1 + i % 28:02d} {i % 24:02d}:{i % 60:02d}:00Z"
        lines.append(f"{user},p{i % 1013},{time},purchase,{value},o{i}")
    good = [line for i, line in enumerate(lines) if i % 4 and i % 10 != 1]
    header = "user_id,item_id,timestamp,event_type,value,session_id"
    return "\n".join([header, *lines, *good[:n_duplicates]]) + "\n"


def check_dirty_shop(spark, make_run, folder: str, n_rows: int, n_duplicates: int) -> None:
    run = make_run(dataset=folder)
    with pytest.raises(DatasetError) as stopped:
        validate.run(spark, run)
    said = str(stopped.value)
    n_unique = n_rows - n_duplicates
    n_missing = (n_unique + 3) // 4
    n_returns = sum(1 for i in range(n_unique) if i % 10 == 1 and i % 4)
    share = (n_missing + n_returns) / n_rows
    assert f"Table events: {n_missing + n_returns:,} of {n_rows:,} rows are bad, {share:.1%}" in said
    assert "the limit is 5.0% (validate.max_bad_share)" in said
    assert f"missing_user_id {n_missing / n_rows:.1%} ({n_missing:,})" in said
    assert f"negative_quantity {n_returns / n_rows:.1%} ({n_returns:,})" in said
    assert said.count("events.csv:") == 5
    assert "nightshelf run --max-bad-share 0.5" in said
    assert spark_io.read(spark, run, tables.QUARANTINE).count() == n_missing + n_returns + n_duplicates
    again = make_run(dataset=folder, validate={"max_bad_share": 0.5})
    report = validate.run(spark, again)
    assert report["n_events"] == n_unique - n_missing - n_returns
    assert report["tables"]["events"]["quarantined"]["duplicate"] == n_duplicates


def test_a_dirty_shop_stops_the_run_and_goes_through_once_the_limit_is_raised(spark, make_run, dataset):
    check_dirty_shop(spark, make_run, dataset({"events.csv": dirty_shop(2_000, 24)}), 2_000, 24)


@pytest.mark.soak
def test_half_a_million_dirty_rows_stop_the_run_and_go_through(spark, make_run, dataset):
    check_dirty_shop(spark, make_run, dataset({"events.csv": dirty_shop(500_000, 6_000)}), 500_000, 6_000)
