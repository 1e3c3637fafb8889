"""A release of the real publish, served: what was ranked is what is answered, through Feast or through the server."""

import time

from feast import FeatureStore, RepoConfig

from jobs.contract.feast_config import feast_config
from jobs.contract.release import read_pointer
from serving.lookup import Served, read_rows, recommend
from serving.overlay import Overlay
from serving.parameters import Filters
from serving.release import open_release
from serving.similar import similar
from tests.releases import ITEMS, LISTS, write_tiny_release


def test_a_published_release_is_served_as_it_was_ranked(spark, make_run):
    home, release_id = write_tiny_release(spark, make_run)
    release = open_release(home, read_pointer(home), "sqlite")
    served = Served(release, Overlay())
    rows, failed = read_rows(served, list(LISTS))
    assert not failed
    feast = FeatureStore(config=RepoConfig(**feast_config(home.releases / release_id, "sqlite")))
    retrieved = feast.get_online_features(
        features=["user_recommendations:item_ids"], entity_rows=[{"user_id": user_id} for user_id in LISTS]
    )
    assert retrieved.to_dict()["item_ids"] == list(LISTS.values())
    for (user_id, ranked), row in zip(LISTS.items(), rows, strict=True):
        answer = recommend(served, user_id, row, None, Filters(len(ranked)), time.time())
        assert [item.item_id for item in answer.items] == ranked
        assert [item.title for item in answer.items] == [ITEMS[item_id][0] for item_id in ranked]
    first = recommend(served, "u1", rows[0], None, Filters(1), time.time()).items[0]
    assert first.reason == "Because you watched Star Wars (1977) and Heat (1995)"
    assert [item.title for item in similar(served, "1", 2, time.time()).items] == ["Alien (1979)", "Casino (1995)"]
    assert similar(served, "untold", 2, time.time()).note == "The item has no vector in this release."
