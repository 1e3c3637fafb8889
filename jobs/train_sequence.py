"""Train the sequence model: to its early stop on the training part, then on all data.

The refit makes as many epochs as the backtest chose, or few where it begins with the last night's weights.

Cost: an epoch is events x items x dim for the softmax over all items, and events x history length x dim for attention,
in one process on every core, or on a GPU; users are scored by Spark's tasks.
"""

import time
from typing import Any

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import Fold
from jobs.training.budget import seconds_for
from jobs.training.sequence.curve import plot_curve
from jobs.training.sequence.fit import Plan
from jobs.training.sequence.fold import Trained, train_fold

READS = ("interactions", "item_embeddings", "models")
WRITES = ("sequence_user_vectors", "sequence_item_vectors", "models")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the vectors of both folds; report epochs and curves, and why training stopped or never began."""
    if not run.report("validate")["has_timestamps"]:
        return {"stepped_aside": "events have no timestamps", **_write(spark, run, {})}
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    embeddings = spark_io.read(spark, run, tables.ITEM_EMBEDDINGS).persist()
    started, seconds = time.monotonic(), seconds_for(run, "train_sequence")
    settings = run.settings.sequence
    plan = Plan(settings.max_epochs, settings.patience, started + seconds / 2, run.settings.split.seed)
    backtest = train_fold(run, parted, embeddings, Fold.BACKTEST, plan)
    if not backtest:
        return {"stepped_aside": "nobody took two items or more", **_write(spark, run, {})}
    if not backtest.fitted.best_epoch:
        return {"stepped_aside": f"train.max_seconds left {seconds:.0f} s for it", **_write(spark, run, {})}
    chosen = backtest.fitted
    plan = Plan(chosen.best_epoch, None, started + seconds, run.settings.split.seed, chosen.pool)
    final = train_fold(run, parted, embeddings, Fold.FINAL, plan)
    folds = {Fold.BACKTEST: backtest} | ({Fold.FINAL: final} if final else {})
    plot_curve(run.folder / "train_sequence.png", backtest.fitted.curve)
    return {**_write(spark, run, folds), **{fold.value: trained.report() for fold, trained in folds.items()}}


def _write(spark: SparkSession, run: Run, folds: dict[Fold, Trained]) -> dict[str, int]:
    users = {fold: trained.users for fold, trained in folds.items()}
    items = {fold: spark.createDataFrame(trained.items) for fold, trained in folds.items()}
    written = {tables.SEQUENCE_USER_VECTORS: users, tables.SEQUENCE_ITEM_VECTORS: items}
    return {table.name: spark_io.write_folds(spark, frames, run, table) for table, frames in written.items()}


if __name__ == "__main__":
    from jobs.stage import main

    main("train_sequence")
