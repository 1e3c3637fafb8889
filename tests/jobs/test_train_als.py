"""Values are tried while there is time; without it nothing is validated."""

import pytest

from jobs import spark_io
from jobs.contract.tables import ALS_USER_FACTORS, INTERACTIONS, Fold
from jobs.train_als import run as train_als

N_USERS = 24


@pytest.fixture
def stage(spark, make_run):
    """Return a function that trains on users who take three of six items each, a fourth being validation."""

    def train(**changes):
        rows = [
            (f"u{user}", f"i{(user + place) % 6}", "train" if place < 3 else "validation", 1.0, 1, None, place)
            for user in range(N_USERS)
            for place in range(4)
        ]
        run = make_run(als={"rank": (2, 3), "alpha": 2, "regularisation": 0.2, "iterations": 2}, **changes)
        spark_io.write(spark.createDataFrame(rows, INTERACTIONS.ddl), run, INTERACTIONS)
        return train_als(spark, run), spark_io.read(spark, run, ALS_USER_FACTORS).collect()

    return train


def test_every_rank_is_tried_and_the_factors_are_of_the_one_taken(stage):
    report, factors = stage()
    by_rank = {f"rank {rank}, alpha 2, regularisation 0.2": rank for rank in (2, 3)}
    assert set(report["tried"]) == set(by_rank)
    assert report["tried"][report["chosen"]] == max(report["tried"].values())
    assert {(row.fold, len(row.factors)) for row in factors} == {
        (fold.value, by_rank[report["chosen"]]) for fold in Fold
    }


def test_without_time_the_first_values_are_taken_and_the_report_says_why(stage):
    report, factors = stage(train={"max_seconds": 0.001})
    assert report["chosen"] == "rank 2, alpha 2, regularisation 0.2"
    assert report["tried"] == {"why": "no other value is set, or no time to try one"}
    assert {len(row.factors) for row in factors} == {2}
