from jobs.training.search import best_setting


def test_settings_that_depend_on_each_other_are_found_in_two_sweeps():
    # From the start neither step of the first setting helps before the second has moved.
    values = {(1, 1): 1.0, (2, 1): 0.5, (1, 2): 2.0, (2, 2): 3.0}
    best, tried = best_setting(((1, 2), (1, 2)), values.__getitem__)
    assert best == (2, 2)
    assert tried == values


def test_nothing_is_measured_twice():
    calls = []

    def ndcg(setting):
        calls.append(setting)
        return -abs(setting[0] - 3) - abs(setting[1])

    best, tried = best_setting((range(6), (0, 1, 2)), ndcg)
    assert best == (3, 0)
    assert len(calls) == len(set(calls)) == len(tried)


def test_of_equals_the_first_named_stays():
    assert best_setting(((7, 3), (0.5, 0.1)), lambda setting: 0.0)[0] == (7, 0.5)
