import pytest

from jobs.contract.settings import Verdict
from jobs.evaluation.drift_checks import drift_checks
from jobs.evaluation.earlier_nights import EarlierNight
from jobs.evaluation.spread_checks import Measure

EARLIER = [
    EarlierNight("2026-01-28", {"ndcg@10": 0.2, "coverage@10": 0.5, "arp@10": 120.0}, {"gender": 0.02, "age": 0.1}),
    EarlierNight("2026-01-29", {"ndcg@10": 0.19, "coverage@10": 0.6, "arp@10": 100.0}, {"gender": 0.03}),
]
SETTINGS = Verdict(max_ndcg_drift=0.1, max_coverage_drift=0.5, max_arp_drift=0.5, max_group_gap_drift=0.1)


def checks(earlier=EARLIER, gaps=None, **changes):
    sound = {"ndcg@10": Measure(0.18, 0.17, 0.19, None), "coverage@10": Measure(0.4, 0.4, 0.4, None)}
    own = {**sound, "arp@10": Measure(140.0, 130.0, 150.0, None), **changes}
    return drift_checks(own, gaps or {}, earlier, 10, SETTINGS)


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
    other = [EarlierNight(night.run_date, {"ndcg@5": 0.9, "coverage@10": 0.5}, {}) for night in EARLIER]
    assert [sentence.split()[0] for _, sentence in checks(other)] == ["coverage"]


def test_a_group_gap_is_held_against_the_night_where_it_was_least():
    gaps = {"gender": Measure(0.06, 0.04, 0.08, None), "age": Measure(0.9, 0.8, 0.99, None)}
    # Age has one earlier night alone.
    assert checks(gaps=gaps)[3:] == [
        (
            False,
            "the gap by gender 0.0600 where the night of 2026-01-28 had 0.0200, the least of 2: "
            "tolerated rise over the nights 0.10",
        )
    ]


@pytest.mark.parametrize(("low", "blocks"), [(0.11, False), (0.13, True)])
def test_a_gap_blocks_once_its_interval_lies_past_the_tolerance(low, blocks):
    gaps = {"gender": Measure(0.2, low, 0.3, None)}
    assert [check[0] for check in checks(gaps=gaps)] == [False, False, False, blocks]


def test_of_gaps_that_do_not_block_the_one_that_rose_most_is_told():
    earlier = [EarlierNight(night.run_date, night.metrics, {"gender": 0.02, "age": 0.1}) for night in EARLIER]
    gaps = {"age": Measure(0.12, 0.1, 0.2, None), "gender": Measure(0.08, 0.06, 0.1, None)}
    assert [sentence.split()[3] for _, sentence in checks(earlier, gaps)[3:]] == ["gender"]
