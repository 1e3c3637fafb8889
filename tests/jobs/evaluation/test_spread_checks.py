import pytest

from jobs.contract.settings import Verdict
from jobs.evaluation.spread_checks import Measure, Spread, spread_checks

SOUND = {
    "release": "release r1",
    "coverage": Measure(0.4, 0.4, 0.4, 0.5),
    "gini": 0.9,
    "arp": Measure(100.0, 90.0, 110.0, 95.0),
    "gaps": {"age": Measure(0.1, 0.05, 0.15, 0.1), "gender": Measure(0.02, 0.0, 0.05, 0.05)},
}


def sentences(blocking=None, **changes):
    checks = spread_checks(Spread(**{**SOUND, **changes}), Verdict(max_gini=0.99, max_group_gap=0.3))
    return [sentence for blocks, sentence in checks if blocking in (None, blocks)]


def test_a_sound_release_says_every_number_and_blocks_nothing():
    assert sentences(blocking=True) == []
    assert sentences() == [
        "Gini index of exposure 0.9000, at most 0.9900 tolerated",
        "the judged lists hold 40.00% of the items, 50.00% in release r1: tolerated loss 50%",
        "a recommended item has a mean of 100.0 users, 95% interval 90.0 to 110.0, against 95.0 in release r1: "
        "tolerated rise 50%",
        "NDCG of the best and the worst served group by age differs by 0.1000, 95% interval 0.0500 to 0.1500, "
        "at most 0.30 tolerated",
        "the gap by age went from 0.1000 in release r1 to 0.1000, 95% interval 0.0500 to 0.1500: tolerated rise 0.20",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"gini": 0.995}, "Gini index of exposure 0.9950, at most 0.9900 tolerated"),
        ({"coverage": Measure(0.2, 0.2, 0.2, 0.5)}, "hold 20.00% of the items, 50.00% in release r1"),
        ({"arp": Measure(200.0, 190.0, 210.0, 100.0)}, "a mean of 200.0 users, 95% interval 190.0 to 210.0"),
        ({"gaps": {"age": Measure(0.5, 0.4, 0.6, 0.45)}}, "group by age differs by 0.5000"),
        ({"gaps": {"age": Measure(0.29, 0.25, 0.35, 0.01)}}, "the gap by age went from 0.0100 in release r1 to 0.2900"),
    ],
)
def test_what_is_past_its_tolerance_blocks_and_says_so_in_numbers(changes, sentence):
    (found,) = sentences(blocking=True, **changes)
    assert sentence in found


def test_every_gap_past_its_tolerance_is_named():
    gaps = {name: Measure(0.5, 0.4, 0.6, None) for name in ("age", "gender")}
    assert len(sentences(blocking=True, gaps=gaps)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"arp": Measure(200.0, 140.0, 260.0, 100.0)},
        {"gaps": {"age": Measure(0.5, 0.25, 0.7, 0.45)}},
        {"gaps": {"age": Measure(0.29, 0.15, 0.35, 0.01)}},
    ],
)
def test_what_may_be_chance_blocks_nothing(changes):
    assert sentences(blocking=True, **changes) == []


@pytest.mark.parametrize(
    ("release", "why"), [(None, "no release serves yet"), ("release r0", "release r0 recorded none")]
)
def test_without_the_serving_releases_numbers_nothing_is_blocked_and_the_reason_is_said(release, why):
    unknown = {
        "release": release,
        "coverage": Measure(0.01, 0.01, 0.01, None),
        "arp": Measure(1e6, 1e6, 1e6, None),
        "gaps": {"age": Measure(0.1, 0.1, 0.1, None)},
    }
    assert sentences(blocking=True, **unknown) == []
    assert [text for text in sentences(**unknown) if why in text] == [
        f"coverage is held against nothing: {why}",
        f"popularity is held against nothing: {why}",
        f"group gaps are held against nothing: {why}",
    ]


def test_without_judged_lists_or_groups_nothing_is_blocked_and_that_is_said():
    found = sentences(coverage=None, gini=None, arp=None, gaps={})
    assert found == [
        "coverage is not judged: there are no judged lists",
        "popularity is not judged: there are no judged lists",
        "group gaps are not judged: no attribute has two groups of enough users",
    ]
