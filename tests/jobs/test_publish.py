"""Publishing the tiny night on SQLite and on Redis, read back as a Feast user reads and as the server reads."""

import pytest
from feast import FeatureStore, RepoConfig
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value

from jobs import publish, stage
from jobs.contract.errors import ReleaseError
from jobs.contract.feast_config import feast_config
from jobs.contract.release import FALLBACK, ITEMS, MANIFEST, ROWS, read_manifest
from jobs.contract.release_files import read_fallback, read_item_map
from jobs.contract.tables import ITEM_NEIGHBOURS, ITEM_PROFILE, USER_PROFILE, USER_RECOMMENDATIONS
from jobs.releases.rows import check_store_fits
from tests.jobs.report.page_reader import read_page
from tests.releases import ITEMS as TINY_ITEMS
from tests.releases import LISTS, copied, open_night, publish_night, write_night

VIEWS = {
    USER_RECOMMENDATIONS: [*LISTS, "nobody"],
    USER_PROFILE: [*LISTS, "nobody"],
    ITEM_NEIGHBOURS: [*TINY_ITEMS, "nothing"],
    ITEM_PROFILE: [*TINY_ITEMS, "nothing"],
}


@pytest.fixture(scope="module")
def runs(spark, published, tmp_path_factory, redis_url):
    """The tiny night, published to each store in a home of its own: store -> run."""
    on_redis = open_night(tmp_path_factory.mktemp("redis") / "home", online_store=redis_url)
    return {
        "sqlite": copied(published[2], tmp_path_factory.mktemp("sqlite") / "home"),
        "redis": publish_night(spark, on_redis),
    }


def _folder(run):
    return run.home.releases / run.report("publish")["release"]


def _store(run):
    return FeatureStore(config=RepoConfig(**feast_config(_folder(run), run.settings.online_store)))


def _online_features(run, table):
    (key,) = table.key
    features = [name for name in table.names if name not in (key, "event_timestamp", "created_timestamp")]
    found = _store(run).get_online_features(
        features=[f"{table.name}:{name}" for name in features], entity_rows=[{key: value} for value in VIEWS[table]]
    )
    return found.to_dict()


def _online_read(run, table):
    """What the server calls: serialized values by feature, or None for an unknown entity."""
    store = _store(run)
    (key,) = table.key
    keys = [EntityKey(join_keys=[key], entity_values=[Value(string_val=value)]) for value in VIEWS[table]]
    rows = store._get_provider().online_read(store.config, store.get_feature_view(table.name), keys)
    return [{name: value for name, value in (row or {}).items() if value.WhichOneof("val")} or None for _, row in rows]


@pytest.mark.parametrize("name", ["sqlite", "redis"])
def test_every_list_is_read_back_as_it_was_ranked_whatever_its_ids_hold(runs, name):
    found = _online_features(runs[name], USER_RECOMMENDATIONS)
    assert dict(zip(found["user_id"], found["item_ids"], strict=True)) == {**LISTS, "nobody": None}
    assert found["scores"][0] == [1.0, 0.875, 0.75, 0.625]
    assert found["reasons"][0] == ["because", "taste", "popular", "trending"]
    assert (found["evidence_first"][0], found["evidence_second"][0]) == (["1", "", "", ""], ["3", "", "", ""])


@pytest.mark.parametrize("table", VIEWS, ids=lambda table: table.name)
def test_both_stores_give_the_same_answers(runs, table):
    assert _online_features(runs["sqlite"], table) == _online_features(runs["redis"], table)
    assert _online_read(runs["sqlite"], table) == _online_read(runs["redis"], table)


@pytest.mark.parametrize("name", ["sqlite", "redis"])
def test_reading_as_the_server_does_equals_reading_as_feast_does(runs, name):
    rows = _online_read(runs[name], USER_RECOMMENDATIONS)
    lists = [list(row["item_ids"].string_list_val.val) if row else None for row in rows]
    assert lists == _online_features(runs[name], USER_RECOMMENDATIONS)["item_ids"]


def test_neighbours_are_exact_and_known_for_every_item_with_a_vector(runs):
    found = _online_features(runs["sqlite"], ITEM_NEIGHBOURS)
    neighbours = dict(zip(found["item_id"], found["neighbour_ids"], strict=True))
    # By hand: cosine of (1, 0, 0) with (.9, .1, 0) is .994, with (.1, .9, 0) .110, with the three others 0, ties by id.
    assert neighbours["1"] == ["2", "a/b c", "3", "gone", "🎬"]
    assert neighbours["untold"] is None
    assert found["similarities"][0][:2] == [pytest.approx(0.99388, abs=1e-5), pytest.approx(0.11043, abs=1e-5)]


def test_the_item_map_holds_every_item_and_the_popular_list_what_is_available(runs):
    folder = _folder(runs["sqlite"])
    item_map = read_item_map(folder / ITEMS)
    assert item_map.ids == ["1", "2", "3", "a/b c", "gone", "🎬", "untold"]
    assert item_map.n_indexed == 6
    assert item_map.titles[item_map.ids.index("🎬")] == "Émile (2003)"
    fallback = read_fallback(folder / FALLBACK)
    assert (fallback.ids, fallback.scores) == (["3", "1", "2", "a/b c", "🎬"], [3.0, 2.0, 1.0, 1.0, 1.0])


def test_the_manifest_accounts_for_everything(runs):
    folder = _folder(runs["sqlite"])
    manifest = read_manifest(folder, runs["sqlite"].report("publish")["manifest_sha256"])
    assert manifest.counts == {"users": 5, "items": 7}
    assert manifest.online.rows == {
        "user_recommendations": 5,
        "user_profile": 5,
        "item_profile": 7,
        "item_neighbours": 6,
    }
    assert (manifest.index.vectors, manifest.index.dim, manifest.index.recall) == ("text", 3, 1.0)
    assert manifest.metrics["ranked"] == {"ndcg@10": 0.25}
    assert (manifest.verb, manifest.embedding["model"], manifest.verdict.publish) == ("watched", "minilm", True)
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ROWS not in path.parts}
    assert files == {*manifest.files, "manifest.json"}, "no write-ahead log, nothing unaccounted for"


def test_the_release_holds_its_report_as_one_page(runs):
    folder = _folder(runs["sqlite"])
    page = read_page((folder / "report" / "report.html").read_text(encoding="utf-8"))
    assert page.tables["Means"] == [["system", "ndcg@10"], ["ranked", "0.2500"], ["source/popular", "0.1250"]]
    assert page.tables["By group"][1] == ["activity: gap", "0.1000", "0.0500 to 0.1500", "4"]
    # u1 alone is judged: history "1" and "gone", list "gone", test item "1". By hand, items by their users in training,
    # ties by id: 2 (1), gone (1), 🎬 (1), 1 (2), 3 (3).
    assert [row[1:] for row in page.tables["By tenth of the items"][1:]] == [
        ["0.0%", "0.0%"],
        ["50.0%", "100.0%"],
        ["0.0%", "0.0%"],
        ["50.0%", "0.0%"],
        ["0.0%", "0.0%"],
    ]
    assert [row[2:] for row in page.tables["By tenth of the score"][1:]] == [["0.0000", "0.0000 to 0.7935", "1"]]
    assert [address for address in page.addresses if not address.startswith("#")] == []
    assert "report/report.html" in read_manifest(folder).files


def test_nobody_writes_into_a_finished_release(runs):
    folder = _folder(runs["sqlite"])
    manifest = read_manifest(folder)
    files = [MANIFEST, *manifest.files, *manifest.row_files]
    assert [name for name in files if (folder / name).stat().st_mode & 0o222] == []


def test_a_release_on_redis_has_no_database_of_its_own(runs):
    manifest = read_manifest(_folder(runs["redis"]))
    assert (manifest.online.store, "online.db" in manifest.files) == ("redis", False)


def test_publishing_again_makes_a_new_release_with_the_same_answers(runs, spark):
    run = runs["sqlite"]
    before, first = _online_features(run, USER_RECOMMENDATIONS), _folder(run)
    stage.execute("publish", run, spark)
    assert _folder(run) != first
    assert _online_features(run, USER_RECOMMENDATIONS) == before
    one, two = read_manifest(first), read_manifest(_folder(run))
    for name in ("items.ann", "item_ids.msgpack", "fallback.json"):
        assert one.files[name] == two.files[name]


def test_without_texts_the_index_is_over_als_factors(spark, make_run):
    run = make_run()
    publish_night(spark, run, with_texts=False)
    manifest = read_manifest(_folder(run))
    assert (manifest.index.vectors, manifest.index.n_items, manifest.embedding) == ("als", 6, {})


def test_what_nobody_is_recommended_is_neither_popular_nor_like_anything(spark, make_run):
    run = make_run(rules={"exclusions": {"items": ["2"]}})
    publish_night(spark, run)
    assert "2" not in read_fallback(_folder(run) / FALLBACK).ids
    found = _online_features(run, ITEM_NEIGHBOURS)
    neighbours = dict(zip(found["item_id"], found["neighbour_ids"], strict=True))
    assert neighbours["1"] == ["a/b c", "3", "gone", "🎬"]
    assert neighbours["2"] is None
    assert read_item_map(_folder(run) / ITEMS).n_indexed == 5


def test_a_night_without_lists_is_not_published(spark, make_run):
    run = make_run()
    write_night(spark, run, lists={})
    with pytest.raises(ReleaseError, match="Nothing to publish for 2026-01-31: table ranked has no final list"):
        publish.run(spark, run)


def test_sqlite_is_refused_where_executors_do_not_share_a_disk():
    check_store_fits("redis://127.0.0.1:6379", "spark://master:7077")
    check_store_fits("sqlite", "local[2]")
    with pytest.raises(ReleaseError, match=r"executors of spark://master:7077 cannot share"):
        check_store_fits("sqlite", "spark://master:7077")
