"""Train implicit ALS twice: on the training part for the backtest, and on all data for the lists that are published.

Cost: per iteration one pass over the interactions, rank^2 work each and rank^3 a user and item.
"""

from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.tables import ALS_ITEM_FACTORS, ALS_USER_FACTORS, FOLD, INTERACTIONS, Fold
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on
from jobs.training.als import fit_als

READS = ("interactions",)
WRITES = ("als_user_factors", "als_item_factors")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the factors of both folds and report their counts."""
    parted = spark_io.read(spark, run, INTERACTIONS)
    user_folds, item_folds = [], []
    for fold in Fold:
        interactions = merge_parts(parted, trained_on(fold, run.settings.split)).persist()
        users, items = fit_als(interactions, run.settings.als, run.settings.split.seed)
        user_folds.append(users.select(F.lit(fold.value).alias(FOLD), "*"))
        item_folds.append(items.select(F.lit(fold.value).alias(FOLD), "*"))
    n_users = spark_io.write(user_folds[0].unionByName(user_folds[1]), run, ALS_USER_FACTORS)
    n_items = spark_io.write(item_folds[0].unionByName(item_folds[1]), run, ALS_ITEM_FACTORS)
    return {"user_factors": n_users, "item_factors": n_items, "rank": run.settings.als.rank}


if __name__ == "__main__":
    from jobs.stage import main

    main("train_als")
