import dataclasses

from jobs.report.clicks import click_through
from jobs.report.data import ReportData

EMPTY = ReportData(title="", facts=[], k=10, evaluation=[])
ESTIMATE = {"value": 0.0125, "ci_low": 0.01, "ci_high": 0.015}
CTR = {"k": 10, "n": 1200, "effective_n": 340.6, "estimates": {"ips": ESTIMATE, "new": ESTIMATE}, "notes": ()}


def section(ctr):
    return click_through(dataclasses.replace(EMPTY, stages={"evaluate": {"ctr": ctr}}))


def test_estimates_are_shown_with_their_intervals_and_what_they_rest_on():
    found = section(CTR)
    assert [(name.partition(":")[0], *rest) for name, *rest in found.tables[0].rows] == [
        ("IPS", "0.01250", "0.0100 to 0.0150"),
        ("new", "0.01250", "0.0100 to 0.0150"),
    ]
    assert "from 1,200 impressions that the lists did not learn from, worth 341 of" in found.reading
    assert len(found.figures) == 1
    assert len(found.tables) == 1


def test_doubts_are_shown_beside_them():
    assert section({**CTR, "notes": ["few clicks"]}).tables[1].rows == [["few clicks"]]


def test_without_estimates_it_says_why():
    assert section({"stepped_aside": "no impression was logged"}).missing == "No impression was logged."
    assert section({**CTR, "estimates": {}, "notes": ["The log never shows it."]}).missing == "The log never shows it."
    assert click_through(EMPTY).missing == "Click-through rates were not estimated in this run."
