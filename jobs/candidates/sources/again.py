"""What the user is likely to take again: often taken, of a kind that is taken again, and not long ago.

The score of a user's item is log2(1 + weight) x repeat share / (1 + age / scale). The repeat share is the part of an
item's takers who took it twice or more, drawn towards that of all items by _PRIOR_USERS; the scale is the median age of
what users liked, so that it follows the data. Frequency, recency and the item's own rate are what repeat consumption
rests on (Anderson et al. 2014); here they are multiplied, not fitted, so that validation may judge the source.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.histories import dense_items
from jobs.candidates.scoring.own_list import OwnListScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import ITEM_ID, USER_ID
from jobs.interactions.age import days_between

_PRIOR_USERS = 5.0
_ACCURACY = 1_000


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where what was taken is not recommended again."""
    return OwnListScores(len(items.item_ids), "taken_items", "taken_scores") if inputs.with_repeats else None


def taken_again(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, taken_items array<int>, taken_scores array<float>), best first, at most ``max_history``."""
    liked = inputs.liked.withColumn("age", _age_days(inputs))
    scale = liked.agg(F.greatest(F.percentile_approx("age", 0.5, _ACCURACY), F.lit(1.0)).alias("scale"))
    indexed = F.broadcast(dense_items(liked.sparkSession, items.index()))
    score = (
        F.log2(1 + F.col("weight")) * F.col("share") / (1 + F.coalesce(F.col("age") / F.col("scale"), F.lit(0.0)))
    ).cast("float")
    scored = (
        liked.join(F.broadcast(repeat_shares(liked)), on=ITEM_ID, how="inner")
        .join(indexed, on=ITEM_ID, how="inner")
        .crossJoin(F.broadcast(scale))
        .select(USER_ID, F.struct(score.alias("score"), "item").alias("entry"))
    )
    newest = F.slice(F.sort_array(F.collect_list("entry"), asc=False), 1, settings.max_history).alias("best")
    lists = scored.groupBy(USER_ID).agg(newest)
    return lists.select(USER_ID, F.col("best.item").alias("taken_items"), F.col("best.score").alias("taken_scores"))


def repeat_shares(liked: DataFrame) -> DataFrame:
    """Return (item_id, share): which part of an item's takers took it at least twice, smoothed.

    Args:
        liked: One row a user and item, with n_events.
    """
    repeated = F.avg((F.col("n_events") > 1).cast("double"))
    overall = liked.agg(repeated.alias("overall"))
    counted = liked.groupBy(ITEM_ID).agg(F.count(F.lit(1)).alias("n_users"), repeated.alias("own"))
    smoothed = (F.col("own") * F.col("n_users") + _PRIOR_USERS * F.col("overall")) / (F.col("n_users") + _PRIOR_USERS)
    return counted.crossJoin(F.broadcast(overall)).select(ITEM_ID, smoothed.alias("share"))


def _age_days(inputs: Inputs) -> Column:
    return F.greatest(days_between(F.col("last_timestamp"), F.lit(inputs.as_of)), F.lit(0.0))


AGAIN = Definition(build, "what was taken is not recommended again", Reason.AGAIN, taken_again)
"""``rank.seen = repeat_model``."""
