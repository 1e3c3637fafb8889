"""Train implicit ALS: on the training part with the values that do best on validation, then on all data.

Cost: per iteration one pass over the interactions, rank^2 work each and rank^3 a user and item; further values are
tried while that has taken less than a twentieth of ``train.max_seconds``, and nothing is validated where it has not.
"""

import time
from functools import cache, partial
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.tables import ALS_ITEM_FACTORS, ALS_USER_FACTORS, INTERACTIONS, Fold
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import trained_on
from jobs.training.als import fit_als, liked_ratings
from jobs.training.choose_als import Choice, choose, first_values
from jobs.training.fold_histories import fold_histories
from jobs.training.validation_users import validation_users

READS = ("interactions",)
WRITES = ("als_user_factors", "als_item_factors")
_SHARE_FOR_TRYING = 0.05
_NOT_TRIED = "no other value is set, or no time to try one"


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the factors of both folds; report the values taken, why, and counts."""
    settings = run.settings
    parted = spark_io.read(spark, run, INTERACTIONS).persist()
    choice = _choose(run, parted)
    everything = liked_ratings(merge_parts(parted, trained_on(Fold.FINAL, settings.split)))
    final = fit_als(everything, choice.values, settings.als.iterations, settings.split.seed)
    folds = {Fold.BACKTEST: choice.factors, Fold.FINAL: final}
    n_users, n_items = (
        spark_io.write_folds(
            spark,
            {fold: factors[side] for fold, factors in folds.items()},
            run,
            (ALS_USER_FACTORS, ALS_ITEM_FACTORS)[side],
        )
        for side in range(2)
    )
    return {
        "user_factors": n_users,
        "item_factors": n_items,
        "chosen": str(choice.values),
        "tried": choice.tried,
    }


def _choose(run: Run, parted: DataFrame) -> Choice:
    settings = run.settings
    until = time.monotonic() + _SHARE_FOR_TRYING * settings.train.max_seconds
    training = liked_ratings(merge_parts(parted, trained_on(Fold.BACKTEST, settings.split)))
    fit = cache(partial(fit_als, training, iterations=settings.als.iterations, seed=settings.split.seed))
    start = first_values(settings.als)
    factors = fit(start)
    further = max(map(len, (settings.als.rank, settings.als.alpha, settings.als.regularisation))) > 1
    if further and time.monotonic() < until:
        backtest = fold_histories(parted, Fold.BACKTEST, settings)
        users = validation_users(backtest.users, parted, backtest.index, settings)
        return choose(settings.als, fit, users, backtest.item_ids, settings.evaluate.cutoffs[0], until)
    return Choice(start, factors, {"why": _NOT_TRIED})


if __name__ == "__main__":
    from jobs.stage import main

    main("train_als")
