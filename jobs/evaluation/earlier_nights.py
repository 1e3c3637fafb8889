"""What earlier nights' lists reached: the nights before this one that their own verdict let through."""

from dataclasses import dataclass
from datetime import timedelta

from jobs.contract.run import Run, accepted_run


@dataclass(frozen=True)
class EarlierNight:
    """One night.

    Attributes:
        run_date: In ISO form.
        metrics: Metric -> value of its lists in its own backtest.
        gaps: Attribute -> difference of NDCG between the best and the worst served of its groups, at the cut-off of
            this night.
    """

    run_date: str
    metrics: dict[str, float]
    gaps: dict[str, float]


def earlier_nights(run: Run) -> list[EarlierNight]:
    """Return the nights of the last ``lake.keep_days`` days before the run's date that were found good, oldest first.

    Nothing of the run's own date or of a later one counts, so that a rerun, or a backfill, is judged as it was.
    """
    metric = f"ndcg@{run.settings.evaluate.cutoffs[0]}"
    days = (run.run_date - timedelta(days=back) for back in range(run.settings.lake.keep_days - 1, 0, -1))
    return [_night(accepted, metric) for day in days if (accepted := accepted_run(run.home, day))]


def _night(run: Run, metric: str) -> EarlierNight:
    report = run.report("evaluate")
    # A night of an older version told no gaps.
    return EarlierNight(run.run_date.isoformat(), report["headline"], report.get("group_gaps", {}).get(metric, {}))
