"""Calibration and popularity of the lists that were judged, counted by Spark on a bounded sample.

Cost: one join of lists and targets, at most ``CALIBRATION_USERS`` lists collected as scores; two counts an item.
"""

from typing import Any

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.users import held_out_users, sample_users
from jobs.contract.settings import Settings
from jobs.contract.tables import FOLD, ITEM_ID, USER_ID
from jobs.evaluation.targets import targets
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import judged_fold, trained_on
from jobs.report.calibration import calibration
from jobs.report.popularity import popularity_deciles

CALIBRATION_USERS = 2_000
_BINS = 10


def judged_lists(ranked: DataFrame, parted: DataFrame, settings: Settings) -> DataFrame:
    """Return the judged fold's rows of ``ranked`` whose user has something to be judged by, with ``wanted``.

    Args:
        ranked: Rows of ``ranked``.
        parted: Rows of ``interactions``.
        settings: Which split, and how many users are judged.
    """
    fold = judged_fold(settings.split)
    held, _ = targets(parted, settings.split)
    wanted = (
        held.join(held_out_users(parted, fold, settings), on=USER_ID, how="left_semi")
        .groupBy(USER_ID)
        .agg(F.collect_set(ITEM_ID).alias("wanted"))
    )
    return ranked.where(F.col(FOLD) == fold.value).join(wanted, on=USER_ID, how="inner")


def list_calibration(judged: DataFrame, settings: Settings) -> list[dict[str, Any]]:
    """Return the share of hits by tenth of the ranker's score, over whole lists of at most about 2,000 users.

    Args:
        judged: From ``judged_lists``.
        settings: Its seed draws the users.
    """
    # Another seed than the one that drew the judged users: their hashes under that one are all small.
    sampled = sample_users(judged, CALIBRATION_USERS, settings.split.seed + 1)
    places = sampled.select("wanted", F.explode(F.arrays_zip("item_ids", "scores")).alias("place"))
    pairs = places.select(
        F.col("place.scores").alias("score"), F.array_contains("wanted", F.col("place.item_ids")).alias("hit")
    ).toPandas()
    return calibration(pairs["score"].to_numpy(np.float64), pairs["hit"].to_numpy(np.bool_), _BINS)


def list_popularity(judged: DataFrame, parted: DataFrame, settings: Settings) -> list[dict[str, Any]]:
    """Return shares of the judged users' histories and lists by tenth of the items' popularity in training.

    Args:
        judged: From ``judged_lists``.
        parted: Rows of ``interactions``.
        settings: Which parts are training, and the length of the lists looked at (the first cut-off).
    """
    trained = merge_parts(parted, trained_on(judged_fold(settings.split), settings.split)).where(F.col("weight") > 0)
    own = trained.join(judged.select(USER_ID), on=USER_ID, how="left_semi")
    top = judged.select(F.explode(F.slice("item_ids", 1, settings.evaluate.cutoffs[0])).alias(ITEM_ID))
    counts = [
        frame.groupBy(ITEM_ID).agg(F.count(F.lit(1)).alias(name))
        for frame, name in ((trained, "popularity"), (own, "taken"), (top, "listed"))
    ]
    joined = counts[0].join(counts[1], on=ITEM_ID, how="full").join(counts[2], on=ITEM_ID, how="full")
    items = joined.fillna(0).orderBy(ITEM_ID).toPandas()
    return popularity_deciles(*(items[name].to_numpy(np.int64) for name in ("popularity", "taken", "listed")))
