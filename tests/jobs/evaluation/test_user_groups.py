import pytest

from jobs.evaluation.user_groups import user_groups

USERS = "user_id string, attributes map<string,string>"
TRAINED = "user_id string, n_events int"


@pytest.fixture
def groups_of(spark):
    def found(users, trained, judged):
        frames = (
            spark.createDataFrame(users, USERS),
            spark.createDataFrame(trained, TRAINED),
            spark.createDataFrame([(user,) for user in judged], "user_id string"),
        )
        rows = user_groups(*frames).itertuples(index=False)
        return {(row.attribute, row.user_id): row.group for row in rows}

    return found


def test_values_make_groups_and_constants_and_free_texts_do_not(groups_of):
    users = [
        (f"u{i}", {"gender": "MF"[i % 2], "country": "FR", "motto": f"word {i}", "city": " " if i else "Lyon"})
        for i in range(24)
    ]
    found = groups_of(users, [], [f"u{i}" for i in range(24)])
    assert {attribute for attribute, _ in found} == {"gender"}
    assert found["gender", "u3"] == "F"


def test_numbers_of_many_values_are_cut_at_their_quartiles(groups_of):
    users = [(f"u{i}", {"age": str(20 + i)}) for i in range(24)]
    found = groups_of(users, [], [f"u{i}" for i in range(24)])
    assert found["age", "u0"] == "20 to 25"
    assert found["age", "u23"] == "38 to 43"
    assert len(set(found.values())) == 4


def test_activity_is_thirds_by_training_events_of_the_judged_users_without_a_users_table(groups_of):
    trained = [("a", 1), ("a", 2), ("b", 5), ("c", 9), ("other", 1_000)]
    assert groups_of([], trained, ["a", "b", "c"]) == {
        ("activity", "a"): "3",
        ("activity", "b"): "5",
        ("activity", "c"): "9",
    }


def test_names_that_we_use_ourselves_are_told_apart(groups_of):
    users = [("a", {"activity": "gap"}), ("b", {"activity": "none"})]
    found = groups_of(users, [("a", 1)], ["a", "b"])
    assert found == {("activity", "a"): "1", ("users.activity", "a"): '"gap"', ("users.activity", "b"): "none"}
