"""What the valid events say about time and about what users do."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.reasons import DEFAULT_VERB
from jobs.contract.tables import TIMESTAMP, EventType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_VERBS = {
    EventType.PURCHASE: "bought",
    EventType.LISTEN: "listened to",
    EventType.VIEW: "viewed",
    EventType.FOLLOW: "followed",
}


@dataclass(frozen=True)
class EventSummary:
    """Of the valid events.

    Attributes:
        by_type: Event type (None = not given) -> events, most first.
        first: Oldest time, UTC; None without times.
        last: Newest time, UTC; None without times.
        n_timed: Events with a time.
    """

    by_type: dict[str | None, int]
    first: datetime | None
    last: datetime | None
    n_timed: int

    def as_of(self, end_of_date: datetime) -> datetime:
        """Return the earlier of the end of the run date and the newest event; the former without times."""
        return min(end_of_date, self.last) if self.last else end_of_date

    def verb(self) -> str:
        """Return what users do with items, past tense, from the most frequent event type but impressions."""
        acts = [kind for kind in self.by_type if kind != EventType.IMPRESSION]
        return _VERBS.get(EventType(acts[0]), DEFAULT_VERB) if acts and acts[0] else DEFAULT_VERB


def summarise_events(events: DataFrame) -> EventSummary:
    """Return the summary of valid events; one aggregation with one row an event type."""
    moment = F.unix_micros(TIMESTAMP)
    rows = (
        events.groupBy("event_type")
        .agg(
            F.count(F.lit(1)).alias("n"),
            F.count(moment).alias("timed"),
            F.min(moment).alias("first"),
            F.max(moment).alias("last"),
        )
        .collect()
    )
    rows.sort(key=lambda row: (-row["n"], row["event_type"] or ""))
    firsts = [row["first"] for row in rows if row["first"] is not None]
    lasts = [row["last"] for row in rows if row["last"] is not None]
    return EventSummary(
        by_type={row["event_type"]: row["n"] for row in rows},
        first=_EPOCH + timedelta(microseconds=min(firsts)) if firsts else None,
        last=_EPOCH + timedelta(microseconds=max(lasts)) if lasts else None,
        n_timed=sum(row["timed"] for row in rows),
    )
