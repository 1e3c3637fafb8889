import pytest

from jobs.evaluation.bands import banded


def test_bands_hold_about_as_many_users_each_and_say_what_is_in_them():
    assert banded([18, 50, 25, 70, 30, 41, 22, 60], 4) == [
        "18 to 22",
        "41 to 50",
        "25 to 30",
        "60 to 70",
        "25 to 30",
        "41 to 50",
        "18 to 22",
        "60 to 70",
    ]


@pytest.mark.parametrize(("values", "bands"), [([1, 1, 1, 9], ["1", "1", "1", "9"]), ([2.5], ["2.5"])])
def test_equal_values_share_a_band(values, bands):
    assert banded(values, 3) == bands
