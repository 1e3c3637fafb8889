"""What an event says about its item: how much the user liked it, or that they only saw it."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

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


def middle_of_rating_scale(events: DataFrame) -> float | None:
    """Return the middle of the scale that the ratings of ``events`` span, or None without ratings."""
    rated = events.where(F.col("event_type") == EventType.RATING)
    low, high = rated.agg(F.min("value"), F.max("value")).first() or (None, None)
    return None if low is None or high is None else (low + high) / 2


def event_weight(positive_rating: float | None) -> Column:
    """Return an event's weight: 0 for what was seen but not liked, null for what is no interaction (an impression).

    Args:
        positive_rating: Ratings below are not liked; None = every rating counts.
    """
    kind = F.coalesce(F.col("event_type"), F.lit(EventType.VIEW.value))
    weight = F.when(kind == EventType.IMPRESSION, F.lit(None).cast("double"))
    if positive_rating is not None:
        weight = weight.when((kind == EventType.RATING) & (F.col("value") < positive_rating), 0.0)
    for event_type, value in EVENT_WEIGHTS.items():
        weight = weight.when(kind == event_type.value, value)
    return weight.otherwise(1.0)
