import pytest

from jobs.dataset.time_unit import detect_unit


@pytest.mark.parametrize(
    ("sample", "unit"),
    [
        (["881250949", "891717742"], "s"),
        (["881250949.5"], "s"),
        (["1700000000000"], "ms"),
        (["1700000000000000"], "us"),
        (["1700000000000000000"], "ns"),
        (["2026-01-31T08:00:00Z", "2026-01-31"], "iso"),
        (["20260131", "20260201"], "iso"),
        (["yesterday", "1700000000", "1700000001", ""], "s"),
        (["2026-01-31", "2026-02-01", "1700000000"], "iso"),
        ([None, "", "0"], "s"),
        (["nan", "inf"], "iso"),
        ([], "iso"),
    ],
)
def test_the_middle_of_the_sample_tells_the_unit(sample, unit):
    assert detect_unit(sample) == unit
