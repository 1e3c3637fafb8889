from datetime import UTC, datetime

import pytest

from jobs.contract.tables import ITEM_PROFILE, USER_PROFILE, USER_RECOMMENDATIONS
from jobs.releases.online_rows import as_online_row, payload_bytes

AT = datetime(2026, 2, 1, 3, tzinfo=UTC)


def test_a_row_carries_its_key_its_values_and_the_runs_time():
    row = {
        "user_id": "a/b 🎬",
        "item_ids": ["1", "é"],
        "scores": [0.5, 0.25],
        "sources": [1, 2],
        "reasons": ["taste", "because"],
        "evidence_first": ["", "1"],
        "evidence_second": ["", ""],
    }
    entity, features, event_at, created_at = as_online_row(USER_RECOMMENDATIONS, row, AT)
    assert (list(entity.join_keys), entity.entity_values[0].string_val) == (["user_id"], "a/b 🎬")
    assert list(features["item_ids"].string_list_val.val) == ["1", "é"]
    assert list(features["scores"].float_list_val.val) == [0.5, 0.25]
    assert list(features["sources"].int32_list_val.val) == [1, 2]
    assert (event_at, created_at) == (AT, AT)
    assert set(features) == set(row) - {"user_id"}


def test_nulls_become_empty_values_and_times_seconds():
    row = {"user_id": "u", "n_events": 3, "n_items": 2, "last_event_at": AT, "top_categories": None}
    _, features, _, _ = as_online_row(USER_PROFILE, row, AT)
    assert features["last_event_at"].unix_timestamp_val == 1769914800
    assert features["n_events"].int64_val == 3
    assert features["top_categories"].WhichOneof("val") is None


def test_the_payload_is_the_mean_row_times_the_rows(spark):
    rows = [(str(n), "title", ["x"], 1, 1, None, None, AT, AT) for n in range(4)]
    frame = spark.createDataFrame(rows, ITEM_PROFILE.ddl)
    four = payload_bytes(frame, ITEM_PROFILE, 4)
    # The key "item_id", one id, the title and a category are 7 + 1 + 5 + 1 bytes; their tags and lengths come on top.
    assert 4 * 14 < four < 4 * 60
    assert payload_bytes(frame, ITEM_PROFILE, 4_000) == pytest.approx(1_000 * four, rel=0.01)
    assert payload_bytes(frame.limit(0), ITEM_PROFILE, 0) == 0
