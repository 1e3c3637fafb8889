from datetime import date

from jobs.contract.stages import STAGES
from jobs.old_partitions import remove_old_partitions


def partition(run, table="ranked"):
    folder = run.home.partition(table, run.run_date)
    (folder / "attempt=1").mkdir(parents=True)
    return folder


def finished(run):
    run.write_report(STAGES[-1], {"announced": True})
    return run


def test_dates_older_than_keep_days_go_with_every_table_and_newer_ones_stay(make_run):
    old, newer, tonight = (finished(make_run(date(2026, 1, day), lake={"keep_days": 2})) for day in (28, 29, 30))
    folders = [partition(run, table) for run in (old, newer, tonight) for table in ("ranked", "candidates")]
    assert remove_old_partitions(tonight) == ["2026-01-28"]
    assert [folder.exists() for folder in folders] == [False, False, True, True, True, True]


def test_a_date_that_a_run_still_works_on_stays(make_run):
    backfill = make_run(date(2026, 1, 1), lake={"keep_days": 2})
    folder = partition(backfill)
    tonight = finished(make_run(date(2026, 1, 30), lake={"keep_days": 2}))
    assert remove_old_partitions(tonight) == []
    finished(backfill)
    assert remove_old_partitions(tonight) == ["2026-01-01"]
    assert not folder.exists()


def test_weights_go_with_the_tables_of_their_date(make_run):
    old, tonight = (finished(make_run(date(2026, 1, day), lake={"keep_days": 2})) for day in (28, 30))
    folders = [run.home.weights("sequence", run.run_date) for run in (old, tonight)]
    for folder in folders:
        folder.mkdir(parents=True)
    assert remove_old_partitions(tonight) == ["2026-01-28"]
    assert [folder.exists() for folder in folders] == [False, True]
