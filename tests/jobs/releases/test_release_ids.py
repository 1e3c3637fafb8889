from jobs.contract.home import Home
from jobs.releases.release_ids import is_finished, new_release_id, order, release_ids, run_id_of


def test_an_id_names_its_run_and_never_comes_twice(make_run):
    run = make_run()
    first, second = new_release_id(run), new_release_id(run)
    assert first != second
    assert run_id_of(first) == run_id_of(second) == run.run_id
    assert len(first.rpartition("_")[2]) == 8


def test_order_is_by_date_and_then_by_token_as_a_number():
    ids = ["20260131_000009_aaaa", "20260130_000010_aaaa", "20260131_1000000_aaaa"]
    assert sorted(ids, key=order) == ["20260130_000010_aaaa", "20260131_000009_aaaa", "20260131_1000000_aaaa"]


def test_only_folders_named_as_releases_are_listed(tmp_path):
    home = Home(tmp_path)
    for name in ("20260131_000002_aaaabbbb", "20260130_000003_ffff", "notes", ".removing-20260129_000001_aaaa"):
        (home.releases / name).mkdir(parents=True)
    (home.releases / "20260128_000001_aaaa").write_text("a file, not a folder")
    assert release_ids(home) == ["20260130_000003_ffff", "20260131_000002_aaaabbbb"]
    assert not is_finished(home.releases / "20260130_000003_ffff")
