import numpy as np
import pandas as pd
import pytest

from jobs.contract.settings import Evaluate
from jobs.evaluation.group_gaps import group_rows
from jobs.evaluation.judge import Judged

SETTINGS = Evaluate(min_group=2, bootstrap=200)


def rows_of(groups, ndcg):
    users = [f"u{i}" for i in range(len(ndcg))]
    judged = Judged(users, {"ranked": {"ndcg@10": np.array(ndcg)}})
    frame = pd.DataFrame({"user_id": users, "attribute": "gender", "group": groups})
    return group_rows(judged, frame, SETTINGS, seed=1).set_index("group")


def test_each_group_has_its_mean_and_the_gap_is_largest_less_smallest():
    rows = rows_of(["F", "F", "M", "M", "M"], [0.5, 0.7, 0.1, 0.1, 0.1])
    assert rows["value"].to_dict() == pytest.approx({"F": 0.6, "M": 0.1, "gap": 0.5})
    assert rows["n_users"].to_dict() == {"F": 2, "M": 3, "gap": 5}
    # M does not vary; F's mean is .5, .6 or .7 however it is drawn.
    assert rows.loc["gap", ["ci_low", "ci_high"]].tolist() == pytest.approx([0.4, 0.6])
    assert rows.loc["M", ["ci_low", "ci_high"]].tolist() == pytest.approx([0.1, 0.1])


def test_a_group_too_small_is_shown_but_makes_no_gap():
    rows = rows_of(["F", "F", "M", "M", "X"], [0.5, 0.5, 0.3, 0.3, 1.0])
    assert rows.loc["X", "value"] == 1.0
    assert rows.loc["gap", "value"] == pytest.approx(0.2)


def test_one_group_of_enough_users_has_no_gap():
    assert list(rows_of(["F", "F", "X"], [0.5, 0.5, 1.0]).index) == ["F", "X"]
