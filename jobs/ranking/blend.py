"""The first ranker: weighted reciprocal rank fusion of the sources.

Source: Cormack, Clarke and Buettcher 2009, with a weight a source, since fusing a weak source at equal weight hurts.
Weights are chosen on validation (``jobs.ranking.choose``). Ranks rather than scores, so that no source's scale matters.
"""

from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contract.reasons import Reason
from jobs.contract.tables import FOLD, ITEM_ID, RANKED, USER_ID

RANK_CONSTANT = 20.0
"""Damps the difference between the first ranks. Of 10, 20, 40 and 60 the choice moved validation NDCG@10 little."""
_USER = [FOLD, USER_ID]
_ENTRY = ("score", "mask", "reason", "first", "second")


@dataclass(frozen=True)
class Blend:
    """How sources are weighed.

    Attributes:
        weights: By source; a source of weight 0 is left out.
        keep_seen: Whether what a user met may be recommended again.
        validation: What it reached where it was chosen, for the report.
    """

    weights: dict[str, float]
    keep_seen: bool
    validation: dict[str, Any]


def comparable(candidates: DataFrame, keep_seen: bool) -> DataFrame:
    """Return the candidates that compete, ``source_rank`` counted among them.

    Seen and unseen items are numbered apart in ``candidates``; where both compete they are numbered anew by score.
    """
    if not keep_seen:
        return candidates.where(~F.col("seen"))
    order = Window.partitionBy(*_USER, "source").orderBy(F.desc("score"), ITEM_ID)
    return candidates.withColumn("source_rank", F.row_number().over(order))


def ranked_lists(
    candidates: DataFrame, blend: Blend, source_bits: dict[str, int], reasons: dict[str, Reason], k: int
) -> DataFrame:
    """Return rows of ``ranked``: each user's k best items by the blend, ties by item id.

    Args:
        candidates: Rows of ``candidates``.
        blend: Weights and whether seen items compete.
        source_bits: Source -> bit of the lists' ``sources``.
        reasons: Source -> reason code of an item that this source speaks for most.
        k: Items per user.
    """
    competing = (
        comparable(candidates, blend.keep_seen).withColumn("share", _share(blend.weights)).where(F.col("share") > 0)
    )
    fused = competing.groupBy(*_USER, ITEM_ID).agg(
        F.sum("share").cast("float").alias("score"),
        F.bit_or(_by_source({n: 1 << b for n, b in source_bits.items()}, "int")).alias("mask"),
        # Of sources that speak equally for an item, the one named first in the settings gives the reason.
        F.max_by(F.struct("source", "evidence"), F.struct("share", -_by_source(source_bits, "int"))).alias("main"),
    )
    order = Window.partitionBy(*_USER).orderBy(F.desc("score"), ITEM_ID)
    best = fused.withColumn("place", F.row_number().over(order)).where(F.col("place") <= k)
    explained = best.select(
        *_USER,
        F.struct(
            "place",
            ITEM_ID,
            "score",
            "mask",
            _reason(reasons).alias("reason"),
            _evidence(0).alias("first"),
            _evidence(1).alias("second"),
        ).alias("entry"),
    )
    lists = explained.groupBy(*_USER).agg(F.sort_array(F.collect_list("entry")).alias("entries"))
    columns = dict(zip(RANKED.names[2:], (ITEM_ID, *_ENTRY), strict=True))
    return lists.select(*_USER, *(F.col(f"entries.{field}").alias(name) for name, field in columns.items()))


def _share(weights: dict[str, float]) -> Column:
    return _by_source(weights, "double") * RANK_CONSTANT / (RANK_CONSTANT + F.col("source_rank"))


def _by_source(values: dict[str, Any], kind: str) -> Column:
    """Return the value of the row's source; null for a source without one."""
    pairs = [F.lit(part) for source, value in values.items() for part in (source, value)]
    return F.try_element_at(F.create_map(*pairs), F.col("source")).cast(kind)


def _reason(reasons: dict[str, Reason]) -> Column:
    code = F.lit(Reason.TASTE.value)
    for source, reason in reasons.items():
        without_evidence = (F.lit(reason) == Reason.BECAUSE.value) & (F.size("main.evidence") == 0)
        code = F.when((F.col("main.source") == source) & ~without_evidence, reason.value).otherwise(code)
    return code


def _evidence(place: int) -> Column:
    return F.coalesce(F.get("main.evidence", F.lit(place)), F.lit(""))
