import pandas as pd
import pytest
import yaml
from feast import FeatureStore

from jobs.contract.errors import ReleaseError
from jobs.contract.release import MANIFEST
from jobs.releases.announcing import announce
from jobs.releases.commands import feast_config, list_releases, pin, show
from tests.releases import LISTS, cut_in_half


def _release(run):
    return run.report("publish")["release"]


def test_releases_are_listed_newest_first_with_their_state(nights):
    first, second, third = nights
    announce(first)
    announce(third)
    pin(first.home, _release(second))
    (first.home.releases / "20260201_000009_dead").mkdir()
    rows = list_releases(first.home)
    assert [(row.release_id, row.state, row.pinned) for row in rows] == [
        ("20260201_000009_dead", "unfinished", False),
        (_release(third), "current", False),
        (_release(second), "", True),
        (_release(first), "previous", False),
    ]
    assert [(row.n_users, row.n_items, row.verdict) for row in rows[1:]] == [(5, 7, True)] * 3
    assert rows[1].run_date == "2026-01-31"
    assert rows[1].size_bytes > sum(
        entry["size_bytes"] for entry in show(first.home, _release(third))["files"].values()
    )


def test_a_release_with_a_damaged_manifest_is_listed_as_damaged(nights):
    cut_in_half(nights[2].home.releases / _release(nights[2]) / MANIFEST)
    row = list_releases(nights[2].home)[0]
    assert (row.state, row.n_users, row.verdict, row.online) == ("damaged", None, None, False)


def test_show_gives_the_manifest_and_the_state(nights):
    shown = show(nights[0].home, _release(nights[0]))
    assert (shown["run_date"], shown["state"], shown["pinned"], shown["rows_online"]) == ("2026-01-30", "", False, True)


def test_the_feast_configuration_reads_what_is_announced(nights, tmp_path):
    announce(nights[2])
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "feature_store.yaml").write_text(feast_config(nights[2].settings))
    found = FeatureStore(repo_path=str(repo)).get_online_features(
        features=["user_recommendations:item_ids"], entity_rows=[{"user_id": "u/2"}]
    )
    assert found.to_dict()["item_ids"] == [LISTS["u/2"]]


def test_the_readme_s_calls_of_feast_give_the_list_and_what_was_known_of_a_user_at_each_time(
    nights, tmp_path, monkeypatch
):
    announce(nights[2])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feature_store.yaml").write_text(feast_config(nights[2].settings))
    store = FeatureStore(fs_yaml_file="feature_store.yaml")
    online = store.get_online_features(
        features=["user_recommendations:item_ids", "user_recommendations:scores"], entity_rows=[{"user_id": "u1"}]
    ).to_dict()
    assert online == {"user_id": ["u1"], "item_ids": [LISTS["u1"]], "scores": [[1.0, 0.875, 0.75, 0.625]]}

    moments = [pd.Timestamp(f"2026-01-{day} 13:00", tz="UTC") for day in (29, 30, 31)]
    rows = pd.DataFrame({"user_id": ["u1"] * 3, "event_timestamp": moments})
    known = store.get_historical_features(
        entity_df=rows, features=["user_profile:n_events", "user_profile:top_categories"]
    ).to_df()
    before, first, second = known.sort_values("event_timestamp").itertuples()
    assert pd.isna(before.n_events)
    assert (first.n_events, list(first.top_categories)) == (3, ["Action", "Sci-Fi"])
    assert (second.n_events, list(second.top_categories)) == (4, ["Action", "Crime", "Sci-Fi"])


def test_the_feast_configuration_of_an_older_release_can_be_asked_for(nights):
    announce(nights[2])
    text = feast_config(nights[2].settings, _release(nights[0]))
    assert yaml.safe_load(text)["project"] == f"nightshelf_{_release(nights[0])}"


def test_there_is_no_configuration_before_the_first_release(nights):
    with pytest.raises(ReleaseError, match=r"Nothing was announced yet\. Run a night first: nightshelf run"):
        feast_config(nights[0].settings)
