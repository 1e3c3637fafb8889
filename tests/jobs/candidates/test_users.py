from jobs.candidates.users import held_out_users, sample_users, users_to_score
from jobs.contract.settings import Evaluate, Settings, Split
from jobs.contract.tables import Fold

ROWS = [("v", "validation"), ("t", "test"), ("both", "validation"), ("both", "test"), ("quiet", "train")]


def users(frame):
    return sorted(row.user_id for row in frame.collect())


def scored(spark, fold, protocol):
    parted = spark.createDataFrame(ROWS, "user_id string, part string")
    histories = parted.select("user_id").distinct()
    return users(users_to_score(histories, parted, fold, Settings(split=Split(protocol=protocol))))


def test_the_night_scores_everybody_finally_and_in_the_backtest_those_held_out(spark):
    assert scored(spark, Fold.FINAL, "night") == ["both", "quiet", "t", "v"]
    assert scored(spark, Fold.BACKTEST, "night") == ["both", "t", "v"]


def test_a_protocol_chooses_on_validation_users_and_is_judged_on_test_users(spark):
    assert scored(spark, Fold.BACKTEST, "given") == ["both", "v"]
    assert scored(spark, Fold.FINAL, "given") == ["both", "t"]


def test_past_the_limit_every_stage_draws_the_same_users(spark):
    rows = [(f"u{n}", part) for n in range(1_000) for part in ("validation", "test")]
    parted = spark.createDataFrame(rows, "user_id string, part string")
    settings = Settings(evaluate=Evaluate(max_users=100))
    first, second = (users(held_out_users(parted.repartition(n), Fold.BACKTEST, settings)) for n in (1, 3))
    assert first == second
    assert 60 < len(first) < 140


def test_few_users_are_all_taken(spark):
    frame = spark.createDataFrame([("a",), ("b",)], "user_id string")
    assert users(sample_users(frame, 2, seed=1)) == ["a", "b"]
