import pytest

from jobs.contract.settings import Verdict
from jobs.evaluation.drift_checks import drift_checks
from jobs.evaluation.earlier_nights import EarlierNight
from jobs.evaluation.spread_checks import Measure

EARLIER = [
    EarlierNight("2026-01-28", {"ndcg@10": 0.2, "coverage@10": 0.5, "arp@10": 120.0}),
    EarlierNight("2026-01-29", {"ndcg@10": 0.19, "coverage@10": 0.6, "arp@10": 100.0}),
]
SETTINGS = Verdict(max_ndcg_drift=0.1, max_coverage_drift=0.5, max_arp_drift=0.5)


def checks(earlier=EARLIER, **changes):
    sound = {"ndcg@10": Measure(0.18, 0.17, 0.19, None), "coverage@10": Measure(0.4, 0.4, 0.4, None)}
    own = {**sound, "arp@10": Measure(140.0, 130.0, 150.0, None), **changes}
    return drift_checks(own, earlier, 10, SETTINGS)


def test_what_lies_within_the_tolerances_blocks_nothing_and_names_the_best_night():
    assert checks() == [
        (False, "NDCG 0.18 where the night of 2026-01-28 had 0.2, the best of 2: tolerated loss over the nights 10%"),
        (
            False,
            "coverage 0.4 where the night of 2026-01-29 had 0.6, the best of 2: tolerated loss over the nights 50%",
        ),
        (
            False,
            "mean users of a recommended item 140 where the night of 2026-01-29 had 100, the best of 2: "
            "tolerated rise over the nights 50%",
        ),
    ]


@pytest.mark.parametrize(
    ("metric", "measure"),
    [
        ("ndcg@10", Measure(0.15, 0.13, 0.17, None)),
        ("coverage@10", Measure(0.25, 0.25, 0.25, None)),
        ("arp@10", Measure(170.0, 160.0, 180.0, None)),
    ],
)
def test_a_whole_interval_past_the_tolerance_blocks(metric, measure):
    assert sum(blocks for blocks, _ in checks(**{metric: measure})) == 1


@pytest.mark.parametrize("measure", [Measure(0.15, 0.11, 0.19, None), Measure(0.19, 0.18, 0.2, None)])
def test_what_chance_may_have_done_does_not_block(measure):
    assert not any(blocks for blocks, _ in checks(**{"ndcg@10": measure}))


def test_a_single_earlier_night_is_the_serving_release_and_no_drift():
    told = "drift is not judged: fewer than 2 earlier nights have been found good"
    assert checks(EARLIER[:1]) == checks([]) == [(False, told)]


def test_a_metric_that_was_recorded_at_another_cut_off_is_not_compared():
    other = [EarlierNight(night.run_date, {"ndcg@5": 0.9, "coverage@10": 0.5}) for night in EARLIER]
    assert [sentence.split()[0] for _, sentence in checks(other)] == ["coverage"]
