import numpy as np
import pandas as pd

from jobs.contract.settings import load
from jobs.contract.tables import EVALUATION
from jobs.evaluation.judge import Judged
from jobs.evaluation.results import evaluation_rows, group_gaps, headline, metrics_json, record, user_rows

JUDGED = Judged(
    ["u", "v"],
    {
        "ranked": {"ndcg@10": np.array([0.25, 0.75]), "ild@10": np.array([0.5, np.nan])},
        "union": {"candidate_recall@150": np.array([1.0, 1.0])},
    },
)
EXPOSURE = {"ranked": {"gini@10": 0.9}}
GROUPS = pd.DataFrame({"user_id": ["u", "v"], "attribute": "gender", "group": ["F", "M"]})


def test_a_mean_is_over_the_users_who_have_a_value_and_exposure_has_no_interval():
    rows = {row[:2]: row[2:] for row in evaluation_rows(JUDGED, EXPOSURE, 100, 1)}
    assert rows["ranked", "ndcg@10"] == (0.5, 0.25, 0.75, 2)
    assert rows["ranked", "ild@10"] == (0.5, 0.5, 0.5, 1)
    assert rows["ranked", "gini@10"] == (0.9, None, None, 2)
    assert rows["union", "candidate_recall@150"] == (1.0, 1.0, 1.0, 2)


def test_a_system_without_accuracy_has_no_rows_a_user():
    assert user_rows(JUDGED, 10).to_dict("records") == [
        {"user_id": "u", "system": "ranked", "k": 10, "ndcg": 0.25},
        {"user_id": "v", "system": "ranked", "k": 10, "ndcg": 0.75},
    ]


def test_the_headline_is_the_blends():
    assert headline(record(JUDGED, EXPOSURE, GROUPS, load())) == {"ndcg@10": 0.5, "ild@10": 0.5, "gini@10": 0.9}


def test_the_gap_of_an_attribute_is_told_by_metric():
    judged = Judged(list("stuv"), {"ranked": {"ndcg@10": np.array([0.25, 0.25, 0.5, 1.0])}})
    groups = pd.DataFrame({"user_id": list("stuv"), "attribute": "gender", "group": ["F", "F", "M", "M"]})
    assert group_gaps(record(judged, EXPOSURE, groups, load())) == {}  # too few of each
    small = load(evaluate={"min_group": 2})
    assert group_gaps(record(judged, EXPOSURE, groups, small)) == {"ndcg@10": {"gender": 0.5}}


def test_metrics_json_tells_lists_candidates_and_groups_apart(spark):
    recorded = record(JUDGED, EXPOSURE, GROUPS, load())
    rows = spark.createDataFrame(recorded.means, EVALUATION.ddl).toPandas()
    found = metrics_json("given", rows, recorded.groups, {"n_users": 2}, 1.0)
    assert found["systems"] == {"ranked": {"ndcg@10": 0.5, "ild@10": 0.5, "gini@10": 0.9}}
    assert found["ci95"] == {"ranked": {"ndcg@10": [0.25, 0.75], "ild@10": [0.5, 0.5]}}
    assert found["candidate_recall"] == {"union": {"value": 1.0, "ci95": [1.0, 1.0], "n_users": 2}}
    assert found["groups"] == {
        "gender": {
            "F": {"value": 0.25, "ci95": [0.25, 0.25], "n_users": 1},
            "M": {"value": 0.75, "ci95": [0.75, 0.75], "n_users": 1},
        }
    }


def test_where_nobody_was_judged_no_table_has_a_row():
    nobody = Judged([], {"ranked": {"ndcg@10": np.zeros(0)}})
    recorded = record(nobody, {}, GROUPS.iloc[:0], load())
    assert (len(recorded.means), len(recorded.users), len(recorded.groups)) == (0, 0, 0)
    assert headline(recorded) == {}


def test_no_value_of_a_table_is_a_nan():
    recorded = record(JUDGED, EXPOSURE, GROUPS, load())
    numbers = [value for row in recorded.means for value in row if isinstance(value, float)]
    assert not np.isnan(numbers).any()
    assert recorded.groups.notna().all().all()
