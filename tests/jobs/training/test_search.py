import time

from jobs.training.search import best_setting


def test_settings_that_depend_on_each_other_are_found_in_two_sweeps():
    # From the start neither step of the first setting helps before the second has moved.
    values = {(1, 1): 1.0, (2, 1): 0.5, (1, 2): 2.0, (2, 2): 3.0}
    found = best_setting(((1, 2), (1, 2)), values.__getitem__)
    assert found == ((2, 2), values, False)


def test_nothing_is_measured_twice():
    calls = []

    def ndcg(setting):
        calls.append(setting)
        return -abs(setting[0] - 3) - abs(setting[1])

    found = best_setting((range(6), (0, 1, 2)), ndcg)
    assert found.best == (3, 0)
    assert len(calls) == len(set(calls)) == len(found.tried)


def test_of_equals_the_first_named_stays():
    assert best_setting(((7, 3), (0.5, 0.1)), lambda setting: 0.0).best == (7, 0.5)


def test_once_time_is_up_the_start_is_measured_and_the_report_says_why_no_more_was():
    found = best_setting(((1, 2), (5,)), sum, until=time.monotonic() - 1)
    assert found == ((1, 5), {(1, 5): 6}, True)
    assert found.report("{0[0]} and {0[1]}".format) == {"1 and 5": 6, "why": "no time to try further values"}


def test_a_search_with_nothing_further_to_try_is_not_out_of_time():
    found = best_setting(((1,),), sum, until=time.monotonic() - 1)
    assert found.report("{0[0]}".format) == {"1": 1}
