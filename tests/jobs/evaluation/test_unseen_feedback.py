from datetime import UTC, datetime

import pytest

from jobs.contract.settings import load
from jobs.contract.tables import VALIDATED_EVENTS
from jobs.evaluation.counterfactual import NOTHING_LOGGED
from jobs.evaluation.unseen_feedback import ctr_of_judged, unlearnt

SETTINGS = load(evaluate={"bootstrap": 200, "cutoffs": [2]})
NAMES = ("user_id", "item_id", "event_type", "impression_id", "position", "propensity", "timestamp")
BY_TYPE = {"impression": 4, "click": 2}


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


def events(spark, rows):
    filled = [{"input_file": "f", "input_row": i, **dict(zip(NAMES, row, strict=True))} for i, row in enumerate(rows)]
    return spark.createDataFrame(
        [tuple(row.get(name) for name in VALIDATED_EVENTS.names) for row in filled], VALIDATED_EVENTS.ddl
    )


# u's training ends on the third day, v is unknown to it.
LOG = [
    ("u", "a", "impression", "1", 1, 0.5, day(2)),
    ("u", "a", "click", "1", None, None, day(3)),
    ("u", "b", "impression", "2", 1, 0.5, day(3)),
    ("u", "b", "click", "2", None, None, day(4)),
    ("u", "c", "impression", "3", 1, 0.5, day(4)),
    ("u", "c", "click", "3", None, None, day(4)),
    ("u", "c", "purchase", None, None, None, day(5)),
    ("u", "d", "impression", "4", 1, 0.5, None),
    ("v", "a", "impression", "5", 1, 0.5, day(1)),
]


@pytest.fixture
def trained(spark):
    return spark.createDataFrame(
        [("u", "x", day(1)), ("u", "a", day(3))], "user_id string, item_id string, last_timestamp timestamp"
    )


@pytest.fixture
def lists(spark):
    return spark.createDataFrame([("u", ["c", "a"]), ("v", ["b"])], "user_id string, item_ids array<string>")


def test_feedback_counts_from_a_users_newest_training_event_on_and_all_of_unknown_users(spark, trained):
    found = unlearnt(events(spark, LOG), trained).collect()
    assert {(row.user_id, row.item_id, row.event_type) for row in found} == {
        ("u", "b", "click"),
        ("u", "c", "impression"),
        ("u", "c", "click"),
        ("v", "a", "impression"),
    }


def test_the_rate_is_of_the_feedback_that_the_lists_did_not_learn_from(spark, trained, lists):
    found = ctr_of_judged(events(spark, LOG), BY_TYPE, lists, trained, SETTINGS)
    # c at u's first place was clicked, the list shows c: weight 1 / .5; v's list shows b where a was shown: weight 0.
    assert found["n"] == 2
    assert found["n_clicks"] == 1
    assert found["k"] == 2
    assert found["estimates"]["ips"]["value"] == pytest.approx(1.0)
    assert found["estimates"]["snips"]["value"] == pytest.approx(1.0)


@pytest.mark.parametrize("by_type", [{"impression": 1}, {"click": 1}])
def test_without_propensities_it_steps_aside_and_says_so(spark, trained, lists, by_type):
    log = events(spark, [("u", "c", "impression", "3", 1, None, day(4))])
    assert ctr_of_judged(log, by_type, lists, trained, SETTINGS) == {"stepped_aside": NOTHING_LOGGED}


def test_with_all_of_it_learnt_it_steps_aside(spark, trained, lists):
    learnt = events(spark, LOG[:2])
    assert ctr_of_judged(learnt, BY_TYPE, lists, trained, SETTINGS) == {"stepped_aside": NOTHING_LOGGED}
