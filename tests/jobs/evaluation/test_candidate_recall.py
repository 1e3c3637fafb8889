from jobs.evaluation.candidate_recall import candidate_recall


def test_recall_of_each_source_and_of_all_together_counts_the_first_candidates_alone(spark):
    competing = spark.createDataFrame(
        [
            ("u", "a", "als", 1),
            ("u", "b", "als", 2),
            ("u", "c", "als", 3),  # past the first two
            ("u", "a", "text", 1),  # found twice, counted once in the union
            ("u", "d", "text", 2),
            ("v", "x", "als", 1),
            ("stranger", "a", "als", 1),
        ],
        "user_id string, item_id string, source string, source_rank int",
    )
    targets = spark.createDataFrame(
        [("u", "a"), ("u", "b"), ("u", "c"), ("u", "d"), ("v", "y")], "user_id string, item_id string"
    )
    found = candidate_recall(competing, targets, ["als", "text", "idle"], 2, ["u", "v"])
    assert {system: values["candidate_recall@2"].tolist() for system, values in found.items()} == {
        "source/als": [0.5, 0.0],
        "source/text": [0.5, 0.0],
        "source/idle": [0.0, 0.0],
        "union": [0.75, 0.0],
    }
