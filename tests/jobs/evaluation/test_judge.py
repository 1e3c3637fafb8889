import numpy as np
import pytest

from jobs.contract.tables import Fold
from jobs.evaluation.judge import Judged, judge
from jobs.evaluation.lists import lists_of


def test_every_system_is_held_against_the_same_users_and_no_list_counts_as_zero(spark):
    targets = spark.createDataFrame([("u", "a"), ("u", "b"), ("é", "c")], "user_id string, item_id string")
    lists = spark.createDataFrame(
        [
            ("ranked", "u", ["a", "x", "b"]),
            ("ranked", "é", ["c"]),
            ("source/als", "u", ["x", "a"]),
            ("ranked", "other", ["a"]),
        ],
        "system string, user_id string, items array<string>",
    )
    judged = judge(lists, targets, ["ranked", "source/als"], [1, 2])
    assert judged.user_ids == ["u", "é"]
    assert judged.values["ranked"]["recall@1"].tolist() == [0.5, 1.0]
    assert judged.values["ranked"]["recall@2"].tolist() == [0.5, 1.0]
    assert judged.values["source/als"]["mrr@2"].tolist() == pytest.approx([0.5, 0.0])


def test_lists_are_the_blends_and_each_sources_own_of_one_fold(spark):
    ranked = spark.createDataFrame(
        [("backtest", "u", ["b", "a"]), ("final", "u", ["z"])], "fold string, user_id string, item_ids array<string>"
    )
    candidates = spark.createDataFrame(
        [
            ("backtest", "u", "a", "als", 0.5, 2, False),
            ("backtest", "u", "b", "als", 0.9, 1, False),
            ("backtest", "u", "s", "als", 0.7, 1, True),
            ("final", "u", "z", "als", 0.9, 1, False),
        ],
        "fold string, user_id string, item_id string, source string, score float, source_rank int, seen boolean",
    )
    variants = spark.createDataFrame(
        [("backtest", "without_rules", "u", ["a", "b"]), ("final", "without_rules", "u", ["z"])],
        "fold string, system string, user_id string, item_ids array<string>",
    )
    without, with_seen = (
        {
            row.system: list(row["items"])
            for row in lists_of(ranked, variants, candidates, Fold.BACKTEST, keep_seen, 10).collect()
        }
        for keep_seen in (False, True)
    )
    assert without == {"ranked": ["b", "a"], "without_rules": ["a", "b"], "source/als": ["b", "a"]}
    assert with_seen["source/als"] == ["b", "s", "a"]


def test_further_metrics_and_systems_join_those_of_the_same_users():
    judged = Judged(["u"], {"ranked": {"ndcg@1": np.ones(1)}})
    found = judged.extended({"ranked": {"arp@1": np.zeros(1)}, "union": {"candidate_recall@9": np.ones(1)}}).values
    assert {system: list(metrics) for system, metrics in found.items()} == {
        "ranked": ["ndcg@1", "arp@1"],
        "union": ["candidate_recall@9"],
    }
