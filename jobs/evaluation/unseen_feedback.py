"""What the click-through rate of the judged lists would be, from logged feedback that they did not learn from."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.settings import Settings
from jobs.contract.tables import TIMESTAMP, USER_ID, EventType
from jobs.evaluation.counterfactual import NOTHING_LOGGED, ctr_of_lists

_CUT = "cut"


def ctr_of_judged(
    events: DataFrame, by_type: dict[str, int], lists: DataFrame, trained: DataFrame, settings: Settings
) -> dict[str, Any]:
    """Return what ``ctr_of_lists`` finds in the feedback after each user's training, or {"stepped_aside": sentence}.

    Cost: nothing where no impression was logged; a look at one column where none has a propensity (Parquet's own
    counts of nulls answer that); else one aggregation of ``trained`` beside what ``ctr_of_lists`` takes.

    Args:
        events: Columns of validated_events.
        by_type: Event type -> how many, as ``validate`` counted them.
        lists: user_id, item_ids array<string>, best first, of the judged fold.
        trained: user_id, last_timestamp: the interactions that the lists were made from.
        settings: evaluate.cutoffs, whose first is the length shown, and what ``ctr_of_lists`` needs.
    """
    impressions = (F.col("event_type") == EventType.IMPRESSION.value) & F.col("propensity").isNotNull()
    if not by_type.get(EventType.IMPRESSION.value) or events.where(impressions).isEmpty():
        return {"stepped_aside": NOTHING_LOGGED}
    return ctr_of_lists(unlearnt(events, trained), lists, settings.evaluate.cutoffs[0], settings)


def unlearnt(events: DataFrame, trained: DataFrame) -> DataFrame:
    """Return the impressions and clicks that came after all that the lists know of their user.

    Impressions are no interactions and so have no part of their own: each user's newest training event is the cut. An
    impression up to it goes with its click, whenever that came; without times nothing but users unknown to training
    can be told to be new.

    Args:
        events: Columns of validated_events.
        trained: user_id, last_timestamp, any number of rows a user.
    """
    told = F.col("event_type").isin(EventType.IMPRESSION.value, EventType.CLICK.value)
    cuts = trained.groupBy(USER_ID).agg(F.max("last_timestamp").alias(_CUT), F.lit(True).alias("known"))
    newer = F.col("known").isNull() | (F.col(TIMESTAMP) > F.col(_CUT))
    return events.where(told).join(cuts, on=USER_ID, how="left").where(newer).drop(_CUT, "known")
