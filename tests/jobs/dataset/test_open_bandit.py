from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.dataset.fetch import fetch
from jobs.dataset.open_bandit import events

WHEN = datetime(2019, 11, 24, tzinfo=UTC)
FEATURES = {f"user_feature_{i}": [letter * 32] * 2 for i, letter in enumerate("abcd")}


def test_a_shown_item_is_an_impression_and_a_clicked_one_a_click_beside_it():
    rows = pa.table(
        {
            "timestamp": pa.array([WHEN] * 2, pa.timestamp("us", "UTC")),
            "item_id": [14, 0],
            "position": [3, 1],
            "click": [0, 1],
            "propensity_score": [0.03, 0.5],
            **FEATURES,
        }
    )
    shown = {
        "user_id": "aaaaaaaa-bbbbbbbb-cccccccc-dddddddd",
        "item_id": "men/14",
        "timestamp": WHEN,
        "event_type": "impression",
        "impression_id": "men/bts/0",
        "position": 3,
        "propensity": 0.03,
        "arm": "bts",
        "platform": "men",
    }
    second = shown | {"item_id": "men/0", "impression_id": "men/bts/1", "position": 1, "propensity": 0.5}
    assert events(rows, "bts", "men").to_pylist() == [shown, second, second | {"event_type": "click"}]


def test_open_bandit_holds_what_its_readme_says():
    rows = pq.read_table(fetch("open-bandit") / "events.parquet").to_pandas()
    n_events = rows.groupby(["arm", "platform", "event_type"]).size().unstack()
    assert (n_events["impression"] == 10_000).all()
    assert n_events["click"].to_dict() == {
        ("bts", "all"): 42,
        ("bts", "men"): 69,
        ("bts", "women"): 46,
        ("random", "all"): 38,
        ("random", "men"): 46,
        ("random", "women"): 46,
    }
    assert rows["user_id"].nunique() == 337
