import numpy as np
import pytest

from jobs.evaluation.bootstrap import bootstrap_interval, gap_interval


def test_the_interval_of_a_mean_is_close_to_the_normal_one():
    values = np.random.default_rng(1).normal(5.0, 2.0, size=(2_000, 1))
    low, high = bootstrap_interval(values, 2_000, seed=0)
    half = 1.96 * values.std() / 2_000**0.5
    assert low[0] == pytest.approx(values.mean() - half, abs=0.01)
    assert high[0] == pytest.approx(values.mean() + half, abs=0.01)


def test_columns_are_resampled_alike_so_that_a_constant_difference_has_no_width():
    values = np.random.default_rng(2).normal(size=(300, 1))
    low, high = bootstrap_interval(np.hstack([values, values + 1.0]), 500, seed=0)
    assert low[1] - low[0] == pytest.approx(1.0)
    assert high[1] - high[0] == pytest.approx(1.0)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(3).random((50, 3))
    first, second = (bootstrap_interval(values, 200, seed=7) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_user_without_a_value_is_left_out_of_that_columns_mean_alone():
    values = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 2.0]])
    low, high = bootstrap_interval(values, 300, seed=0)
    whole = bootstrap_interval(values[:, :1], 300, seed=0)
    assert (low[0], high[0]) == (whole[0][0], whole[1][0])
    assert (low[1], high[1]) == (2.0, 2.0)


def test_the_interval_of_a_gap_is_close_to_the_normal_one():
    rng = np.random.default_rng(4)
    best, worst = rng.normal(3.0, 1.0, 500), rng.normal(2.0, 2.0, 300)
    low, high = gap_interval(best, worst, 4_000, seed=0)
    half = 1.96 * (best.var() / 500 + worst.var() / 300) ** 0.5
    gap = best.mean() - worst.mean()
    assert (low, high) == pytest.approx((gap - half, gap + half), abs=0.02)
