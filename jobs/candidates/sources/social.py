"""What followed users liked: each follow gives 1 / sqrt(follows of the user), half after ``half_life_days``.

The division makes scores of users who follow few and many comparable; within one user it changes nothing. Freshness is
1 / (1 + age / half life) and not a power of one half, which on old data would vanish. Computed in Spark: per user at
most the _MAX_FOLLOWS newest follows, of each followed user the _NEWEST newest likes.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.histories import dense_items
from jobs.candidates.scoring.own_list import OwnListScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import ITEM_ID, TIMESTAMP, USER_ID
from jobs.interactions.age import days_between

_MAX_FOLLOWS = 200
_NEWEST = 50
_FOLLOWED = "follows_user_id"


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nobody follows anybody."""
    return (
        None if _follows(inputs).isEmpty() else OwnListScores(len(items.item_ids), "followed_items", "followed_scores")
    )


def followed_likes(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, followed_items array<int>, followed_scores array<float>), best first.

    At most ``per_source`` items that the user did not meet, and as many that they did.
    """
    pair = [USER_ID, ITEM_ID]
    scored = _scored(inputs, settings)
    met = inputs.interactions.select(*pair, F.lit(True).alias("met"))
    indexed = F.broadcast(dense_items(scored.sparkSession, items.index()))
    rows = scored.join(met, on=pair, how="left").join(indexed, on=ITEM_ID, how="inner")
    best = Window.partitionBy(USER_ID, "met").orderBy(F.desc("score"), "item")
    kept = rows.withColumn("place", F.row_number().over(best)).where(F.col("place") <= settings.per_source)
    lists = kept.groupBy(USER_ID).agg(F.sort_array(F.collect_list(F.struct("score", "item")), asc=False).alias("best"))
    scores = F.col("best.score").cast("array<float>")
    return lists.select(USER_ID, F.col("best.item").alias("followed_items"), scores.alias("followed_scores"))


def _scored(inputs: Inputs, settings: Candidates) -> DataFrame:
    """Return (user_id, item_id, score), a row a user and item that somebody they follow liked."""
    newest = Window.partitionBy(USER_ID).orderBy(F.desc("last_order"), ITEM_ID)
    liked = inputs.liked.withColumn("newest", F.row_number().over(newest)).where(F.col("newest") <= _NEWEST)
    given = liked.select(
        F.col(USER_ID).alias(_FOLLOWED), ITEM_ID, _freshness(inputs, settings.half_life_days).alias("fresh")
    )
    shares = _follows(inputs).join(given, on=_FOLLOWED, how="inner")
    return shares.groupBy(USER_ID, ITEM_ID).agg(F.sum(F.col("fresh") / F.sqrt("n_follows")).alias("score"))


def _follows(inputs: Inputs) -> DataFrame:
    """Return (user_id, follows_user_id, n_follows) known by the fold's end; one without a time counts as known."""
    known = F.col(TIMESTAMP).isNull() | (F.col(TIMESTAMP) <= F.lit(inputs.as_of))
    follows = inputs.social.where(known & (F.col(USER_ID) != F.col(_FOLLOWED)))
    by_user = Window.partitionBy(USER_ID)
    numbered = follows.withColumns(
        {
            "newest": F.row_number().over(by_user.orderBy(F.desc(TIMESTAMP), _FOLLOWED)),
            "n_follows": F.count(F.lit(1)).over(by_user),
        }
    )
    return numbered.where(F.col("newest") <= _MAX_FOLLOWS).select(USER_ID, _FOLLOWED, "n_follows")


def _freshness(inputs: Inputs, half_life_days: float) -> Column:
    age_days = days_between(F.col("last_timestamp"), F.lit(inputs.as_of))
    return F.coalesce(1 / (1 + F.greatest(age_days, F.lit(0.0)) / half_life_days), F.lit(1.0))


SOCIAL = Definition(build, "nobody follows anybody", Reason.FOLLOWED, followed_likes)
