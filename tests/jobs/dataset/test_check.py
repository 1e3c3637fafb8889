import pytest
from rich.console import Console

from jobs.contract.settings import load
from jobs.dataset.check import check
from jobs.dataset.check_report import render

EVENTS = """user_id,item_id,timestamp,event_type,shop
u1,i1,2025-01-01T00:00:00Z,purchase,x
u1,i1,2025-01-02T00:00:00Z,purchase,x
u1,[i2],2025-01-03T00:00:00Z,purchase,x
u2,i1,,purchase,x
,i1,2025-01-01T00:00:00Z,purchase,x
,i1,2025-01-05T00:00:00Z,purchase,x
"""


@pytest.fixture(scope="module")
def report(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dataset")
    (folder / "events.csv").write_text(EVENTS)
    (folder / "items.csv").write_text("item_id,title,price\ni1,One,3\n")
    return check(spark, folder, load())


def test_tables_are_counted_and_their_columns_told(report):
    events, items = report.tables["events"], report.tables["items"]
    assert (events.files, events.format, events.counts.rows_in, events.counts.valid) == (["events.csv"], "csv", 6, 4)
    assert events.columns == ["user_id", "item_id", "timestamp", "event_type"]
    assert (events.ignored, items.ignored) == (["shop"], ["price"])
    assert "propensity" in events.missing


def test_faults_come_with_their_rows(report):
    faults = report.tables["events"].faults
    assert {rule: [row.place for row in rows] for rule, rows in faults.items()} == {
        "missing_user_id": ["events.csv:5", "events.csv:6"]
    }


def test_events_are_described(report):
    events = report.events
    assert (events.n_users, events.n_items, events.unknown_items) == (2, 2, 1)
    assert events.density == 3 / 4  # u1-i1, u1-i2 and u2-i1 of four pairs
    assert events.repeat_share == 1 / 4  # u1 took i1 twice, in four events
    assert (str(events.first), str(events.last)) == ("2025-01-01 00:00:00+00:00", "2025-01-03 00:00:00+00:00")
    assert events.by_type == {"purchase": 4}


def test_what_follows_is_said(report):
    assert report.verb == "bought"
    assert report.stops == [
        "events: 33.3% of the rows are bad, the limit is 5.0%; mend the rows, or run with --max-bad-share"
    ]
    assert "events: 1 have no time; they count as older than all others" in report.notes
    assert any(line.startswith("no items.text") for line in report.steps_aside)
    assert any(line.startswith("no users") for line in report.steps_aside)


def test_all_of_it_is_shown_in_the_terminal(report):
    console = Console(width=200, record=True)
    console.print(render(report))
    shown = console.export_text()
    for expected in ("events.csv", "missing_user_id", "events.csv:5", "user_id is missing", "75.0000%", "25.0%",
                     "2025-01-01 00:00 to 2025-01-03 00:00 UTC", "Because you bought ...", "A run stops"):  # fmt: skip
        assert expected in shown


def test_a_dataset_without_valid_events_is_reported_not_refused(spark, tmp_path):
    (tmp_path / "events.csv").write_text("user_id,item_id\n,i\n")
    report = check(spark, tmp_path, load())
    assert report.events is None
    assert report.stops[-1] == "events: no row is valid"
    Console(width=120, record=True).print(render(report))
