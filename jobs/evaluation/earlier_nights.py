"""What earlier nights' lists reached: the nights before this one that their own verdict let through."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from jobs.contract.run import Run, newest_run


@dataclass(frozen=True)
class EarlierNight:
    """One night.

    Attributes:
        run_date: In ISO form.
        metrics: Metric -> value of its lists in its own backtest.
    """

    run_date: str
    metrics: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is reported."""
        return asdict(self)


def earlier_nights(run: Run) -> list[EarlierNight]:
    """Return the nights of the last ``lake.keep_days`` days before the run's date that were found good, oldest first.

    Nothing of the run's own date or of a later one counts, so that a rerun, or a backfill, is judged as it was.
    """
    days = (run.run_date - timedelta(days=back) for back in range(run.settings.lake.keep_days - 1, 0, -1))
    owners = [owner for day in days if (owner := newest_run(run.home, day)) and owner.has_report("evaluate")]
    reports = [(owner.run_date, owner.report("evaluate")) for owner in owners]
    return [
        EarlierNight(day.isoformat(), report["headline"])
        for day, report in reports
        if report["verdict"] and report["verdict"]["publish"]
    ]
