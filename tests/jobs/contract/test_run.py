import stat
from datetime import UTC, date, datetime

import pytest

from jobs.contract.errors import ContractError, LockedError
from jobs.contract.run import absolute_dataset, load_run, newest_run, open_run, run_date_of
from jobs.contract.settings import load

DAY = date(2026, 1, 31)


def test_a_run_comes_back_from_its_file_as_it_was_opened(make_run):
    run = make_run(rank={"k": 5})
    assert load_run(run.file) == run
    assert newest_run(run.home, run.run_date) == run


def test_tokens_and_times_grow_from_run_to_run(make_run):
    first, second, other_day = make_run(), make_run(), make_run(date(2026, 1, 1))
    assert first.token < second.token < other_day.token
    assert first.opened_at < second.opened_at < other_day.opened_at


def test_a_newer_run_takes_the_date_and_no_other(make_run):
    older, other_day, newer = make_run(), make_run(date(2026, 1, 1)), make_run()
    with pytest.raises(LockedError, match=rf"Run {older.run_id} of 2026-01-31 was superseded by run {newer.run_id}"):
        older.check_not_superseded()
    other_day.check_not_superseded()
    newer.check_not_superseded()


def test_the_day_ends_at_midnight_of_the_schedules_timezone(make_run):
    assert make_run(schedule={"timezone": "Asia/Tokyo"}).end_of_date == datetime(2026, 1, 31, 15, tzinfo=UTC)
    assert make_run().end_of_date == datetime(2026, 2, 1, tzinfo=UTC)


def test_a_moments_date_is_counted_in_the_timezone_and_a_naive_moment_is_utc():
    assert run_date_of(datetime(2026, 1, 31, 20, tzinfo=UTC), "Asia/Tokyo") == date(2026, 2, 1)
    assert run_date_of(datetime(2026, 1, 31, 20), "UTC") == DAY


def test_a_home_that_holds_one_dataset_refuses_another(make_run):
    make_run(dataset="ml-100k")
    with pytest.raises(ContractError, match=r"holds dataset 'ml-100k', not 'complete-journey'.*set NIGHTSHELF_HOME"):
        make_run(dataset="complete-journey")


def test_without_a_dataset_no_run_opens(tmp_path):
    with pytest.raises(ContractError, match=r"No dataset is set. Name one: --dataset ml-100k"):
        open_run(load(home=str(tmp_path)), DAY)


def test_a_stage_that_has_not_finished_has_no_report(make_run):
    run = make_run()
    with pytest.raises(ContractError, match=r"Stage validate has not finished in run 20260131_000001. Run it first"):
        run.report("validate")
    run.write_report("validate", {"rows": 3})
    assert run.report("validate") == {"rows": 3}


def test_only_its_owner_may_read_a_runs_file(make_run):
    assert stat.S_IMODE(make_run().file.stat().st_mode) == 0o600


def test_a_date_that_is_not_there_yet_is_refused(make_run):
    with pytest.raises(ContractError, match=r"Run date 2062-01-31 is in the future: today is"):
        make_run(date(2062, 1, 31))


def test_a_built_ins_name_wins_over_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-100k").mkdir()
    (tmp_path / "shop").mkdir()
    assert absolute_dataset("ml-100k") == "ml-100k"
    assert absolute_dataset("./ml-100k") == str(tmp_path / "ml-100k")
    assert absolute_dataset("shop") == str(tmp_path / "shop")
    assert absolute_dataset("ml-10k") == "ml-10k"  # Left as it is, so that the error can name the nearest built-in.
