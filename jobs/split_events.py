"""Part validated events into training, validation and test, and sum them into interactions.

Cost: one shuffle of the events by user, one by user and item; for a given split without validation one more by user.
"""

from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.tables import INTERACTIONS, PART, VALIDATED_EVENTS, Part
from jobs.interactions.aggregate import interactions, repeat_share
from jobs.interactions.carving import carved, fitting_carving
from jobs.interactions.protocols import PROTOCOLS, in_user_order
from jobs.interactions.weights import event_weight, middle_of_rating_scale

READS = ("validated_events",)
WRITES = ("interactions",)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``interactions`` and report counts, the rating that counts as positive, and the share of repeats."""
    split = run.settings.split
    events = spark_io.read(spark, run, VALIDATED_EVENTS)
    if split.protocol == "night":
        given = split.positive_rating
        positive_rating = middle_of_rating_scale(events) if given is None else given
        events = events.withColumn("weight", event_weight(positive_rating)).where(F.col("weight").isNotNull())
    else:
        # The published protocols count every event as a positive, whatever its value.
        positive_rating = None
        events = events.withColumn("weight", F.lit(1.0))
    parted = PROTOCOLS[split.protocol](in_user_order(events, split.seed), split)
    carving = fitting_carving(parted) if split.protocol == "given" else None
    if carving:
        parted = carved(parted, carving, split)
    spark_io.write(interactions(parted), run, INTERACTIONS)

    written = spark_io.read(spark, run, INTERACTIONS)
    counts = {row[PART]: row["count"] for row in written.groupBy(PART).count().collect()}
    return {
        "protocol": split.protocol,
        "positive_rating": positive_rating,
        "validation": carving.value if carving else None,
        "repeat_share": repeat_share(written),
        "pairs": {part.value: counts.get(part.value, 0) for part in Part},
    }


if __name__ == "__main__":
    from jobs.stage import main

    main("split_events")
