"""A model that finds less than the popular list does is not worth its refit, nor a place among the sources."""

from jobs import spark_io
from jobs.contract.tables import BIVAE_ITEM_VECTORS, INTERACTIONS, Fold
from jobs.train_bivae import run as train_bivae

N_USERS, N_TASTES = 24, 3


def _interactions(next_item):
    """Users of three tastes take three of their taste's four items each; ``next_item(user)`` is validation."""
    taken = [
        (f"u{user}", f"t{user % N_TASTES}-{(user // N_TASTES + place) % 4}", "train", 1.0, 1, None, place)
        for user in range(N_USERS)
        for place in range(3)
    ]
    # What is popular beside: taken by all who do not take it next.
    popular = [
        (f"p{user}", item, "train", 1.0, 1, None, 1)
        for user in range(N_USERS)
        for item in ("hit", f"t{user % N_TASTES}-0")
    ]
    held_out = [(f"u{user}", next_item(user), "validation", 1.0, 1, None, 4) for user in range(N_USERS)]
    return taken + popular + held_out


def _stage(spark, run, next_item):
    spark_io.write(spark.createDataFrame(_interactions(next_item), INTERACTIONS.ddl), run, INTERACTIONS)
    report = train_bivae(spark, run)
    written = {row.fold for row in spark_io.read(spark, run, BIVAE_ITEM_VECTORS).select("fold").distinct().collect()}
    return report, written


def _fourth(user):
    return f"t{user % N_TASTES}-{(user // N_TASTES + 3) % 4}"


def test_it_steps_aside_where_the_popular_list_finds_more(spark, make_run):
    report, written = _stage(spark, make_run(bivae={"max_epochs": 40}), lambda user: "hit")
    assert report["stepped_aside"].startswith("on validation 0.")
    assert report["stepped_aside"].endswith("the popular list 1.0000")
    assert report["tried"]
    assert not written


def test_it_is_refitted_where_it_finds_more_than_the_popular_list(spark, make_run):
    report, written = _stage(spark, make_run(bivae={"max_epochs": 40}), _fourth)
    assert "stepped_aside" not in report
    assert report["refit"] == {"epochs": report["epochs"], "stopped": "epochs"}
    assert written == {fold.value for fold in Fold}


def test_it_does_not_begin_where_its_share_of_the_time_is_too_short(spark, make_run):
    short = make_run(train={"max_seconds": 100}, bivae={"max_share": 0.1, "min_seconds": 11})
    report, written = _stage(spark, short, _fourth)
    assert report["stepped_aside"] == "its share of train.max_seconds is 10 s, bivae.min_seconds 11"
    assert "tried" not in report
    assert not written


def test_a_model_that_is_no_source_is_not_trained(spark, make_run):
    report, written = _stage(spark, make_run(candidates={"sources": ("als", "popular")}), _fourth)
    assert report["stepped_aside"] == "candidates.sources leaves it out"
    assert not written
