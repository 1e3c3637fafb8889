import duckdb
import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.errors import ReleaseError
from jobs.contract.release import MANIFEST, ROWS
from jobs.releases.compare import compare
from jobs.releases.compare_rows import Counts, count_keys, list_overlap, paired_ndcg
from jobs.releases.compare_sections import sections
from tests.jobs.report.page_reader import read_page


def _release(run):
    return run.report("publish")["release"]


def _compared(nights):
    return compare(nights[0].home, _release(nights[0]), _release(nights[1]))


def _table(path, query):
    with duckdb.connect() as database:
        database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return [str(path)]


def test_metrics_are_paired_on_the_users_that_both_judged(tmp_path):
    a = _table(
        tmp_path / "a.parquet",
        "SELECT * FROM (VALUES ('u', 'ranked', 10, 0.2), ('v', 'ranked', 10, 0.4), ('gone', 'ranked', 10, 1.0), "
        "('u', 'source/old', 10, 0.1)) AS t(user_id, system, k, ndcg)",
    )
    b = _table(
        tmp_path / "b.parquet",
        "SELECT * FROM (VALUES ('u', 'ranked', 10, 0.3), ('v', 'ranked', 10, 0.5), ('new', 'ranked', 10, 0.0), "
        "('u', 'source/new', 10, 0.1)) AS t(user_id, system, k, ndcg)",
    )
    (row,) = paired_ndcg(a, b, seed=1, n_resamples=100)
    assert (row.system, row.k, row.n_users) == ("ranked", 10, 2)
    assert (row.a, row.b, row.difference) == pytest.approx((0.3, 0.4, 0.1))
    # Both users gained .1, so every resample does.
    assert (row.ci_low, row.ci_high) == pytest.approx((0.1, 0.1))


def test_metrics_at_different_cut_offs_are_not_paired(tmp_path):
    ten = _table(tmp_path / "a.parquet", "SELECT 'u' AS user_id, 'ranked' AS system, 10 AS k, 0.2 AS ndcg")
    five = _table(tmp_path / "b.parquet", "SELECT 'u' AS user_id, 'ranked' AS system, 5 AS k, 0.2 AS ndcg")
    assert paired_ndcg(ten, five, seed=1, n_resamples=100) == []


def test_what_came_and_went_is_counted_by_key(tmp_path):
    a = _table(tmp_path / "a.parquet", "SELECT unnest(['x', 'y', 'z']) AS item_id")
    b = _table(tmp_path / "b.parquet", "SELECT unnest(['z', 'new']) AS item_id")
    assert count_keys(a, b, "item_id") == Counts(a=3, b=2, added=1, gone=2)


def test_lists_overlap_by_their_first_ten(tmp_path):
    a = _table(
        tmp_path / "a.parquet",
        "FROM (VALUES ('same', ['1', '2']), ('half', ['1', '2', '3']), ('gone', ['1'])) AS t(user_id, item_ids)",
    )
    b = _table(
        tmp_path / "b.parquet",
        "FROM (VALUES ('same', ['1', '2']), ('half', ['2', '3', '4']), ('new', ['1'])) AS t(user_id, item_ids)",
    )
    overlap = list_overlap(a, b)
    # 1 for the same list; {2, 3} of {1, 2, 3, 4} is a half.
    assert (overlap.n_users, overlap.jaccard, overlap.equal) == (2, 0.75, 0.5)


def test_items_past_the_tenth_do_not_count_in_the_overlap(tmp_path):
    ten = ", ".join(f"'{place}'" for place in range(10))
    a = _table(tmp_path / "a.parquet", f"SELECT 'u' AS user_id, [{ten}, 'x'] AS item_ids")
    b = _table(tmp_path / "b.parquet", f"SELECT 'u' AS user_id, [{ten}, 'y'] AS item_ids")
    assert list_overlap(a, b).jaccard == 1.0


def test_two_published_nights_are_compared(nights):
    found = _compared(nights)
    (ranked,) = found.paired
    assert (ranked.system, ranked.n_users, ranked.a, ranked.b, ranked.difference) == ("ranked", 5, 0.25, 0.25, 0.0)
    assert found.users == Counts(a=5, b=5, added=0, gone=0)
    assert found.items == Counts(a=7, b=7, added=0, gone=0)
    # u1's lists are (🎬, 3) and (2, 3, a/b c, 🎬): 2 of 4; the other four users' are equal.
    assert (found.overlap.n_users, found.overlap.jaccard, found.overlap.equal) == (5, pytest.approx(0.9), 0.8)
    assert found.settings == []
    assert [stage for stage, _, _ in found.seconds] == ["publish"]
    assert found.missing == {}


def test_settings_that_differ_are_named(nights):
    path = nights[1].home.releases / _release(nights[1]) / MANIFEST
    path.chmod(0o644)
    manifest = read_json(path)
    manifest["settings"]["rank"]["k"] = 50
    manifest["settings"]["rank"]["new"] = "x"
    write_json(path, manifest)
    assert _compared(nights).settings == [("rank.k", "200", "50"), ("rank.new", None, '"x"')]


def test_rows_that_are_gone_are_named_and_the_rest_is_still_compared(nights):
    release = _release(nights[0])
    for path in (nights[0].home.releases / release / ROWS / "user_recommendations").glob("*.parquet"):
        path.unlink()
    found = _compared(nights)
    why = f"Release {release} no longer holds its rows of user_recommendations."
    assert found.missing == {"users": why, "overlap": why}
    assert (found.users, found.overlap, found.items.a) == (None, None, 7)
    shown = {section.name: section for section in sections(found)}
    assert shown["overlap"].missing == why
    assert why in shown["sizes"].reading
    assert shown["sizes"].tables[0].rows[0] == ["users", "5", "5", "–", "–"]


def test_rows_that_cannot_be_read_are_said_to_be_so(nights):
    for path in (nights[1].home.releases / _release(nights[1]) / ROWS / "evaluation_users").glob("*.parquet"):
        path.chmod(0o644)
        path.write_bytes(b"not parquet at all")
    found = _compared(nights)
    assert found.paired is None
    assert found.missing["paired"].startswith("Rows of evaluation_users cannot be read: ")


def test_a_run_whose_reports_are_gone_has_no_times(nights):
    for run in nights[:2]:
        (run.folder / "publish.json").rename(run.folder / "elsewhere.json")
    releases = sorted(path.name for path in nights[0].home.releases.iterdir() if path.is_dir())
    assert compare(nights[0].home, releases[0], releases[0]).seconds == []


def test_an_unknown_release_is_refused_naming_what_there_is(nights):
    with pytest.raises(ReleaseError, match=rf"'20260131_000001_abcd' is unknown .*{_release(nights[0])}"):
        compare(nights[0].home, _release(nights[1]), "20260131_000001_abcd")


def test_the_command_prints_the_tables_and_writes_the_same_as_a_page(nights, tmp_path, monkeypatch):
    monkeypatch.setenv("NIGHTSHELF_HOME", str(nights[0].home.root))
    a, b, page = _release(nights[0]), _release(nights[1]), tmp_path / "out" / "compared.html"
    result = CliRunner().invoke(app, ["releases", "compare", a, b, "--html", str(page)])
    assert result.exit_code == 0
    for text in (a, b, "NDCG@10 of the 5 users that both nights judged", "0.9000", "Code and settings are the same."):
        assert text in result.output
    tables = read_page(page.read_text(encoding="utf-8")).tables
    assert tables["NDCG@10"][1] == ["ranked", "0.2500", "0.2500", "+0.0000", "+0.0000 to +0.0000", "5"]
    assert tables["Counts"][1:] == [["users", "5", "5", "0", "0"], ["items", "7", "7", "0", "0"]]
    assert tables["Overlap"][1] == ["5", "0.9000", "80.0%"]
    assert [row[0] for row in tables["Verdicts"][1:]] == [a, b]


def test_the_command_refuses_an_unknown_release_in_one_sentence(nights, monkeypatch):
    monkeypatch.setenv("NIGHTSHELF_HOME", str(nights[0].home.root))
    result = CliRunner().invoke(app, ["releases", "compare", _release(nights[0]), "20260131_000001_abcd"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Release '20260131_000001_abcd' is unknown")
