import pytest

from jobs.contract import tables
from jobs.contract.settings import load
from jobs.report.judged_lists import judged_lists, list_calibration, list_popularity

# user_id, item_id, part and weight of each pair.
INTERACTIONS = [
    ("u", "a", "train", 1.0),
    ("u", "b", "train", 1.0),
    ("v", "a", "train", 1.0),
    ("w", "a", "train", 1.0),
    ("w", "disliked", "train", 0.0),
    ("u", "c", "test", 1.0),
    ("v", "b", "test", 1.0),
    ("v", "disliked", "test", 0.0),
]
# (fold, user_id, item_ids, scores): only the backtest of users with a liked test item is judged.
LISTS = [
    ("backtest", "u", ["c", "d"], [0.9, 0.1]),
    ("backtest", "v", ["a", "disliked"], [0.8, 0.2]),
    ("backtest", "w", ["b"], [0.5]),
    ("final", "u", ["d", "c"], [0.7, 0.6]),
]


@pytest.fixture(scope="module")
def frames(spark):
    parted = spark.createDataFrame([(*row, 1, None, 1) for row in INTERACTIONS], tables.INTERACTIONS.ddl)
    rows = [
        (fold, user, items, scores, [1] * len(items), [""] * len(items), [""] * len(items), [""] * len(items))
        for fold, user, items, scores in LISTS
    ]
    return spark.createDataFrame(rows, tables.RANKED.ddl), parted


@pytest.fixture(scope="module")
def judged(frames):
    return judged_lists(*frames, load())


def test_lists_of_the_judged_fold_are_held_against_liked_test_items(judged):
    found = {row["user_id"]: (row["item_ids"], row["wanted"]) for row in judged.collect()}
    assert found == {"u": (["c", "d"], ["c"]), "v": (["a", "disliked"], ["b"])}


def test_a_protocol_judges_the_final_fold(frames):
    judged = judged_lists(*frames, load(split={"protocol": "cold_items"}))
    assert [(row["user_id"], row["item_ids"]) for row in judged.collect()] == [("u", ["d", "c"])]


def test_calibration_counts_every_place_of_the_judged_lists(judged):
    rows = list_calibration(judged, load())
    assert [(round(row["mean_score"], 4), row["hit_share"], row["n"]) for row in rows] == [
        (0.1, 0.0, 1),
        (0.2, 0.0, 1),
        (0.8, 0.0, 1),
        (0.9, 1.0, 1),
    ]


def test_popularity_is_that_of_training_and_histories_those_of_the_judged_users(judged, frames):
    rows = list_popularity(judged, frames[1], load(evaluate={"cutoffs": [1]}))
    # Items by users in training: c 0, b 1, a 3. u and v took a, b and a; their first places are c and a.
    assert [(row["share_of_history"], row["share_of_lists"]) for row in rows] == [
        (0.0, 0.5),
        (pytest.approx(1 / 3), 0.0),
        (pytest.approx(2 / 3), 0.5),
    ]


def test_without_a_judged_user_there_is_nothing_to_show(frames):
    nobody = judged_lists(frames[0].limit(0), frames[1], load())
    assert list_calibration(nobody, load()) == []
    assert list_popularity(nobody, frames[1], load()) == []
