from datetime import date, timedelta

from jobs.evaluation.earlier_nights import EarlierNight, earlier_nights

TODAY = date(2026, 1, 31)


def test_nights_found_good_within_the_kept_days_count_oldest_first(make_run):
    runs = {back: make_run(TODAY - timedelta(days=back), lake={"keep_days": 4}) for back in (4, 3, 2, 1, 0)}
    for back, run in runs.items():
        verdict = {"publish": back != 2, "reasons": []}
        gaps = {"group_gaps": {"ndcg@10": {"gender": back / 100}, "ndcg@5": {"gender": 0.9}}} if back < 3 else {}
        run.write_report("evaluate", {"headline": {"ndcg@10": back / 10}, **gaps, "verdict": verdict})
    # The fourth day back is no longer kept, the second was blocked, the run's own date never counts. The third is of a
    # version that told no gaps.
    assert earlier_nights(runs[0]) == [
        EarlierNight("2026-01-28", {"ndcg@10": 0.3}, {}),
        EarlierNight("2026-01-30", {"ndcg@10": 0.1}, {"gender": 0.01}),
    ]


def test_a_night_that_never_got_so_far_or_had_nobody_to_judge_by_a_protocol_does_not_count(make_run):
    make_run(TODAY - timedelta(days=2))
    by_protocol = make_run(TODAY - timedelta(days=1))
    by_protocol.write_report("evaluate", {"headline": {"ndcg@10": 0.2}, "verdict": None})
    assert earlier_nights(make_run(TODAY)) == []
