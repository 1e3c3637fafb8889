"""Moments of a dataset, counted in ten-thousandths of the time that it spans: a cut is the same every time."""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import TIMESTAMP

_STEPS = 10_000


@dataclass(frozen=True)
class TimeSteps:
    """The steps of some events.

    Attributes:
        of_event: Column int, an event's step; null without a time.
        counts: Events by step.
    """

    of_event: Column
    counts: dict[int, int]

    def newest(self, share: float) -> int:
        """Return the latest step from which on at least ``share`` of the events lie."""
        wanted, found = share * sum(self.counts.values()), 0
        for step in sorted(self.counts, reverse=True):
            found += self.counts[step]
            if found >= wanted:
                return step
        return 0


def time_steps(events: DataFrame) -> TimeSteps:
    """Return the steps of the events that have a time; at most ten thousand counts are collected."""
    seconds = F.col(TIMESTAMP).cast("double")
    first, last = events.agg(F.min(seconds), F.max(seconds)).first() or (None, None)
    begin = first or 0.0
    step = F.floor((seconds - begin) / max((last or 0.0) - begin, 1.0) * _STEPS)
    return TimeSteps(step, dict(events.where(seconds.isNotNull()).groupBy(step.alias("step")).count().collect()))
