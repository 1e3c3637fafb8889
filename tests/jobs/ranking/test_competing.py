from jobs.ranking.competing import comparable

SCHEMA = "fold string, user_id string, item_id string, source string, score float, source_rank int, seen boolean"
ROWS = [
    ("final", "u", "a", "als", 0.7, 1, False),
    ("final", "u", "b", "als", 0.9, 1, True),
    ("final", "u", "c", "als", 0.7, 2, False),
    ("final", "u", "b", "text", 0.1, 1, True),
    ("backtest", "u", "b", "als", 0.1, 1, True),
]


def ranks(spark, keep_seen):
    found = comparable(spark.createDataFrame(ROWS, SCHEMA), keep_seen).collect()
    return {(row.fold, row.source, row.item_id): row.source_rank for row in found}


def test_where_seen_items_are_removed_the_others_keep_their_ranks(spark):
    assert ranks(spark, keep_seen=False) == {("final", "als", "a"): 1, ("final", "als", "c"): 2}


def test_where_they_are_kept_all_are_numbered_by_score_in_each_fold_and_source_and_ties_go_by_id(spark):
    assert ranks(spark, keep_seen=True) == {
        ("final", "als", "b"): 1,
        ("final", "als", "a"): 2,
        ("final", "als", "c"): 3,
        ("final", "text", "b"): 1,
        ("backtest", "als", "b"): 1,
    }
