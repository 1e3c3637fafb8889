import numpy as np
import pytest

from jobs.report.calibration import calibration, wilson


def test_the_interval_of_a_share_is_wilson_s():
    # By hand for 1 of 4: middle (.25 + 3.8415 / 8) / 1.9604 = .3725, half .9998 * sqrt(.0469 + .0600) = .3269.
    assert wilson(1, 4) == pytest.approx((0.0456, 0.6994), abs=1e-4)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == pytest.approx(1.0)


def test_scores_are_parted_into_equal_parts_lowest_first():
    scores = np.array([0.8, 0.1, 0.6, 0.2, 0.7, 0.3, 0.5, 0.4])
    hits = np.array([True, False, True, False, False, True, False, False])
    low, high = calibration(scores, hits, 2)
    assert (low["bin"], low["n"], low["mean_score"], low["hit_share"]) == (1, 4, pytest.approx(0.25), 0.25)
    assert (high["bin"], high["n"], high["mean_score"], high["hit_share"]) == (2, 4, pytest.approx(0.65), 0.5)
    assert (low["ci_low"], low["ci_high"]) == wilson(1, 4)


def test_equal_scores_are_never_parted():
    rows = calibration(np.array([1.0, 1.0, 1.0, 2.0]), np.array([True, False, False, True]), 10)
    assert [(row["bin"], row["n"], row["mean_score"]) for row in rows] == [(1, 3, 1.0), (2, 1, 2.0)]


def test_without_scores_there_is_nothing_to_show():
    assert calibration(np.zeros(0), np.zeros(0, dtype=np.bool_), 10) == []
