import pytest

from jobs.contract.errors import DatasetError
from jobs.contract.settings import load
from jobs.contract.tables import VALIDATED_EVENTS
from jobs.dataset.fetch import fetch
from jobs.evaluation.counterfactual import NOTHING_LOGGED, ctr_of_arm, ctr_of_lists
from jobs.evaluation.logged_feedback import logged_impressions, sample, with_choices

NAMES = ("user_id", "item_id", "event_type", "impression_id", "position", "propensity", "arm")
SETTINGS = load(evaluate={"bootstrap": 200})


def events(spark, rows):
    filled = [{"input_file": "f", "input_row": i, **dict(zip(NAMES, row, strict=True))} for i, row in enumerate(rows)]
    return spark.createDataFrame(
        [tuple(row.get(name) for name in VALIDATED_EVENTS.names) for row in filled], VALIDATED_EVENTS.ddl
    )


def lists(spark, by_user):
    return spark.createDataFrame(list(by_user.items()), "user_id string, item_ids array<string>")


# Four answers of two places each.
LOG = [
    ("u", "a", "impression", "1", 1, 0.5, "x"),
    ("u", "b", "impression", "1", 2, 0.25, "x"),
    ("u", "b", "click", "1", None, None, None),
    ("u", "c", "impression", "2", 1, 0.5, "x"),
    ("v", "a", "impression", "3", 1, 0.5, "y"),
    ("v", "a", "click", "3", None, None, None),
    ("stranger", "a", "impression", "4", 1, 0.5, "y"),
]


def test_an_impression_is_rewarded_by_a_click_of_its_own_answer_alone(spark):
    found = logged_impressions(
        events(
            spark,
            [
                *LOG,
                ("u", "b", "impression", "1", 2, 0.25, "x"),  # logged twice
                ("u", "c", "click", "1", None, None, None),  # of an item that this answer did not show
                ("u", "z", "impression", "5", 1, None, "x"),  # without a propensity
                ("u", "z", "impression", None, 1, 0.5, "x"),  # of no answer
                ("u", "a", "purchase", "1", None, None, None),
            ],
        )
    )
    rows = {(row.impression_id, row.item_id, row.propensity, row.reward) for row in found.collect()}
    assert rows == {
        ("1", "a", 0.5, 0.0),
        ("1", "b", 0.25, 1.0),
        ("2", "c", 0.5, 0.0),
        ("3", "a", 0.5, 1.0),
        ("4", "a", 0.5, 0.0),
    }


def test_a_list_shows_its_item_of_the_position_or_any_of_its_first_where_no_position_is_known(spark):
    shown = [
        ("u", "a", "impression", "1", 2, 0.5, "x"),
        ("u", "a", "impression", "2", None, 0.5, "x"),
        ("u", "a", "impression", "3", 3, 0.5, "x"),  # past the first two
        ("u", "a", "impression", "4", 0, 0.5, "x"),  # positions count from 1
        ("none", "a", "impression", "5", 1, 0.5, "x"),
    ]
    placed = with_choices(logged_impressions(events(spark, shown)), lists(spark, {"u": ["p", "q", "r"]}), k=2)
    assert {row.impression_id: row.choices for row in placed.collect()} == {"1": ["q"], "2": ["p", "q"]}


def test_a_sample_holds_whole_answers_and_is_the_same_however_the_rows_lie(spark):
    rows = [("u", item, "impression", str(i), 1, 0.5, "x") for i in range(100) for item in "ab"]
    impressions = logged_impressions(events(spark, rows))
    first = sample(impressions, 50, 7)
    assert first.equals(sample(impressions.repartition(5, "propensity"), 50, 7))
    ids = first["impression_id"].to_pylist()
    assert 20 < len(ids) <= 50
    assert ids[:-1:2] == ids[1::2]
    assert len(sample(impressions, 1_000, 7)) == 200


def test_the_rate_that_lists_would_have_had_is_worked_by_hand(spark):
    found = ctr_of_lists(events(spark, LOG), lists(spark, {"u": ["a", "b"], "v": ["b", "a"]}), 2, SETTINGS)
    # u is shown a (w 2) and b (w 4, clicked); c and v's a are not in their places (w 0); the stranger has no list.
    assert (found["n"], found["n_left_out"], found["n_clicks"]) == (4, 1, 1)
    assert found["estimates"]["ips"]["value"] == pytest.approx(4 / 4)
    assert found["estimates"]["snips"]["value"] == pytest.approx(4 / 6)
    assert found["effective_n"] == pytest.approx(36 / 20)


def test_without_propensities_the_rate_of_lists_steps_aside(spark):
    seen = events(spark, [("u", "a", "view", None, None, None, None)])
    assert ctr_of_lists(seen, lists(spark, {"u": ["a"]}), 2, SETTINGS) == {"stepped_aside": NOTHING_LOGGED}


def test_lists_that_fill_no_logged_place_step_aside(spark):
    found = ctr_of_lists(events(spark, LOG), lists(spark, {"w": ["a"]}), 2, SETTINGS)
    assert found == {"stepped_aside": "none of 5 logged impressions is in a place that a list fills"}


def test_an_arm_that_was_never_logged_is_refused_with_those_that_were(spark):
    with pytest.raises(DatasetError, match="was logged by arm 'z'; expected one of x, y"):
        ctr_of_arm(logged_impressions(events(spark, LOG)), ("x", "z"), SETTINGS)


def test_without_propensities_no_arm_can_be_asked_about(spark):
    seen = events(spark, [("u", "a", "impression", "1", 1, None, "x")])
    with pytest.raises(DatasetError, match="Nothing to answer from: no impression with impression_id and propensity"):
        ctr_of_arm(logged_impressions(seen), ("x", "y"), SETTINGS)


def test_lists_without_logged_positions_are_any_of_their_first_items(spark):
    log = [(*row[:4], None, *row[5:]) for row in LOG]
    found = ctr_of_lists(events(spark, log), lists(spark, {"u": ["a", "b"], "v": ["b", "a"]}), 2, SETTINGS)
    # Half a chance each: w 1, 2 (clicked), 0 and 1 (clicked).
    assert found["estimates"]["ips"]["value"] == pytest.approx(3 / 4)
    assert found["n_left_out"] == 1


@pytest.mark.parametrize("campaign", ["all", "men", "women"])
@pytest.mark.parametrize("arms", [("random", "bts"), ("bts", "random")], ids=" to ".join)
def test_every_interval_from_the_other_policys_log_holds_the_policys_own_rate(spark, campaign, arms):
    logged = spark.read.parquet(str(fetch("open-bandit") / "events.parquet")).where(f"platform = '{campaign}'")
    found = ctr_of_arm(logged_impressions(logged), arms, load())
    own = found["own_log"]["value"]
    missed = {name: one for name, one in found["estimates"].items() if not one["ci_low"] <= own <= one["ci_high"]}
    assert missed == {}
    assert set(found["estimates"]) == {"ips", "snips", "dr"}
    # The log of women by bts shows an item of propensity 1e-6: it says next to nothing, and this is said.
    assert any("the intervals are too narrow" in note for note in found["notes"]) == (
        (campaign, arms[0]) == ("women", "bts")
    )
