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
    """

    run_date: str
    metrics: dict[str, float]


def earlier_nights(run: Run) -> list[EarlierNight]:
    """Return the nights of the last ``lake.keep_days`` days before the run's date that were found good, oldest first.

    Nothing of the run's own date or of a later one counts, so that a rerun, or a backfill, is judged as it was.
    """
    days = (run.run_date - timedelta(days=back) for back in range(run.settings.lake.keep_days - 1, 0, -1))
    accepted = [night for day in days if (night := accepted_run(run.home, day))]
    return [EarlierNight(night.run_date.isoformat(), night.report("evaluate")["headline"]) for night in accepted]
