"""Features read point in time over a lake of two nights, and ``feast apply`` as a user runs it."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from feast import FeatureStore, RepoConfig

from feature_repo.features import definitions, feature_columns
from jobs import spark_io
from jobs.contract.tables import (
    ITEM_NEIGHBOURS,
    ITEM_PROFILE,
    USER_PROFILE,
    USER_RECOMMENDATIONS,
)
from tests.releases import open_night

FEATURE_TABLES = (USER_RECOMMENDATIONS, ITEM_NEIGHBOURS, ITEM_PROFILE, USER_PROFILE)
CHECKOUT = Path(__file__).parents[2]


def _write_night(spark, root, run_date, as_of, item_ids):
    run = open_night(root, run_date)
    n = len(item_ids)
    row = ("u/1 🎬", item_ids, [0.5] * n, [1] * n, ["taste"] * n, [""] * n, [""] * n, as_of, run.opened_at)
    spark_io.write(spark.createDataFrame([row], USER_RECOMMENDATIONS.ddl), run, USER_RECOMMENDATIONS)


def _history(root, folder, *moments):
    """Return the user's item ids as they were known at each moment."""
    config = RepoConfig(
        project="history",
        provider="local",
        registry=str(folder / "registry.db"),
        online_store={"type": "sqlite", "path": str(folder / "online.db")},
        offline_store={"type": "duckdb"},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    store.apply(definitions(root).everything)
    asked = pd.DataFrame({"user_id": "u/1 🎬", "event_timestamp": pd.to_datetime(moments, utc=True)})
    found = store.get_historical_features(entity_df=asked, features=["user_recommendations:item_ids"]).to_df()
    found = found.sort_values("event_timestamp")
    return [
        None if ids is None else list(ids)
        for ids in found["item_ids"].astype(object).where(found.notna()["item_ids"], None)
    ]


def test_training_rows_hold_what_was_known_at_their_time(spark, tmp_path):
    root = tmp_path / "home"
    _write_night(spark, root, date(2026, 1, 30), datetime(2026, 1, 30, 12, tzinfo=UTC), ["old"])
    _write_night(spark, root, date(2026, 1, 31), datetime(2026, 1, 31, 12, tzinfo=UTC), ["new", "a/b"])
    lists = _history(root, tmp_path, "2026-01-30 11:00", "2026-01-30 13:00", "2026-01-31 12:00")
    assert lists == [None, ["old"], ["new", "a/b"]]


def test_of_two_nights_over_the_same_old_data_the_later_run_counts(spark, tmp_path):
    # as_of is the newest event's time where that is older than the night, so the nights' event times tie.
    root, as_of = tmp_path / "home", datetime(1998, 4, 23, tzinfo=UTC)
    _write_night(spark, root, date(2026, 1, 30), as_of, ["first"])
    _write_night(spark, root, date(2026, 1, 31), as_of, ["second"])
    assert _history(root, tmp_path, "2026-02-01") == [["second"]]


@pytest.mark.parametrize("table", FEATURE_TABLES, ids=lambda table: table.name)
def test_every_column_of_a_feature_table_is_a_described_feature(table, tmp_path):
    view = next(view for view in definitions(tmp_path).views if view.name == table.name)
    assert [field.name for field in view.features] == [name for name, _ in feature_columns(table)]
    assert all(field.description for field in view.features)
    assert view.entities == [table.key[0].removesuffix("_id")]
    assert view.ttl.total_seconds() == 0


def test_everything_is_described(tmp_path):
    found = definitions(tmp_path)
    assert all(thing.description for thing in found.everything)
    assert {service.name for service in found.services} == {
        "recommendations",
        "similar_items",
        "user_training",
        "item_training",
    }


@pytest.mark.process
def test_feast_apply_works_in_the_folder_as_it_is(tmp_path):
    repo, home = tmp_path / "feature_repo", tmp_path / "home"
    shutil.copytree(CHECKOUT / "feature_repo", repo, ignore=shutil.ignore_patterns("__pycache__"))
    home.mkdir()
    feast = Path(sys.executable).with_name("feast")
    done = subprocess.run(
        [feast, "apply"],
        cwd=repo,
        env={**os.environ, "NIGHTSHELF_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    config = RepoConfig(
        project="nightshelf",
        provider="local",
        registry=str(home / "feature_repo_registry.db"),
        online_store={"type": "sqlite", "path": str(home / "feature_repo_online.db")},
        entity_key_serialization_version=3,
    )
    views = FeatureStore(config=config).list_feature_views()
    assert {view.name for view in views} == {table.name for table in FEATURE_TABLES}
    assert all(view.batch_source.path.startswith(f"{home}/lake/") for view in views)
