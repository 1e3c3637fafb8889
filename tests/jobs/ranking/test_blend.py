import pytest

from jobs.contract.reasons import Reason
from jobs.ranking.blend import Blend, ranked_lists

SCHEMA = (
    "fold string, user_id string, item_id string, source string, score float, source_rank int, seen boolean, "
    "evidence array<string>"
)
BITS = {"als": 0, "text": 1, "popular": 2}
REASONS = {"als": Reason.BECAUSE, "text": Reason.BECAUSE, "popular": Reason.POPULAR}
ROWS = [
    ("final", "u", "a", "als", 0.9, 1, False, ["h1", "h2"]),
    ("final", "u", "b", "als", 0.8, 2, False, []),
    ("final", "u", "b", "text", 0.7, 1, False, ["h3"]),
    ("final", "u", "p", "popular", 9.0, 1, False, []),
    ("final", "u", "old", "als", 0.95, 1, True, ["h1"]),
    ("final", "v", "p", "popular", 9.0, 1, False, []),
]


def lists(spark, weights, keep_seen=False, k=10):
    frame = ranked_lists(spark.createDataFrame(ROWS, SCHEMA), Blend(weights, keep_seen, {}), BITS, REASONS, k)
    return {row.user_id: row for row in frame.collect()}


def test_items_are_ordered_by_the_weighted_sum_of_reciprocal_ranks_with_the_mask_of_their_sources(spark):
    found = lists(spark, {"als": 1.0, "text": 0.5, "popular": 0.1})
    assert found["u"].item_ids == ["b", "a", "p"]
    assert found["u"].scores == pytest.approx([20 / 22 + 0.5 * 20 / 21, 20 / 21, 0.1 * 20 / 21])
    assert found["u"].sources == [0b011, 0b001, 0b100]
    assert found["v"].item_ids == ["p"]


def test_the_reason_and_its_evidence_come_from_the_source_that_speaks_most_for_the_item(spark):
    found = lists(spark, {"als": 1.0, "text": 0.5, "popular": 0.1})["u"]
    # b: als speaks most but has no evidence there
    assert found.reasons == ["taste", "because", "popular"]
    assert found.evidence_first == ["", "h1", ""]
    assert found.evidence_second == ["", "h2", ""]


def test_a_source_of_weight_zero_brings_neither_items_nor_its_bit(spark):
    found = lists(spark, {"als": 1.0, "text": 0.0, "popular": 0.0})
    assert found["u"].item_ids == ["a", "b"]
    assert found["u"].sources == [1, 1]
    assert "v" not in found


def test_seen_items_compete_by_score_only_where_they_are_kept(spark):
    assert lists(spark, {"als": 1.0}, keep_seen=True)["u"].item_ids == ["old", "a", "b"]
    assert lists(spark, {"als": 1.0})["u"].item_ids == ["a", "b"]


def test_no_more_than_k_items_are_kept_and_ties_go_by_item_id(spark):
    found = lists(spark, {"als": 1.0, "text": 1.0, "popular": 1.0}, k=2)["u"]
    assert found.item_ids == ["b", "a"]  # a and p tie at 20/21
