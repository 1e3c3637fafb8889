"""What an event says about its item: how much the user liked it, or that they only saw it."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import EventType

# Only the proportions matter, and only where a dataset mixes types: a purchase says more than a click.
EVENT_WEIGHTS = {
    EventType.VIEW: 1.0,
    EventType.CLICK: 1.0,
    EventType.LISTEN: 1.0,
    EventType.REVIEW: 1.0,
    EventType.RATING: 1.0,
    EventType.CART: 2.0,
    EventType.LIKE: 3.0,
    EventType.FOLLOW: 3.0,
    EventType.PURCHASE: 3.0,
    EventType.DISLIKE: 0.0,
}


_ON_A_SCALE = (EventType.RATING.value, EventType.REVIEW.value)
_SCALE_ENDS = (0.01, 0.99)


def middle_of_rating_scale(events: DataFrame) -> float | None:
    """Return the middle of the scale that ratings and rated reviews span, or None without any.

    The ends are the first and the last hundredth, so that one 5000 among stars does not turn every rating into a low
    one.
    """
    rated = events.where(F.col("event_type").isin(*_ON_A_SCALE) & F.col("value").isNotNull())
    ends = rated.agg(F.percentile_approx("value", F.array(*map(F.lit, _SCALE_ENDS)), 10_000)).first()
    return (ends[0][0] + ends[0][1]) / 2 if ends and ends[0] else None


def event_weight(positive_rating: float | None) -> Column:
    """Return an event's weight: 0 for what was seen but not liked, null for what is no interaction (an impression).

    Args:
        positive_rating: Ratings and rated reviews below are not liked; None = every one counts.
    """
    kind = F.coalesce(F.col("event_type"), F.lit(EventType.VIEW.value))
    weight = F.when(kind == EventType.IMPRESSION, F.lit(None).cast("double"))
    if positive_rating is not None:
        weight = weight.when(kind.isin(*_ON_A_SCALE) & (F.col("value") < positive_rating), 0.0)
    for event_type, value in EVENT_WEIGHTS.items():
        weight = weight.when(kind == event_type.value, value)
    return weight.otherwise(1.0)
