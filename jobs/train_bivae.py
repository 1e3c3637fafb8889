"""Train the bilateral autoencoder: to its early stop on the training part, then as many epochs on all data.

Cost: an epoch is users x items x (hidden + dim) multiplications for each side and start, dense, of at most
``bivae.max_users`` sampled users and ``bivae.max_items`` items, in one process on every core, or on a GPU; it gets
``bivae.max_share`` of ``train.max_seconds``, and is not refitted where its time was too short, or its data too thin, to
find more than the popular list does. Users are placed by Spark's tasks.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.tables import ITEM_ID, Fold
from jobs.training.bivae.fit import Fitted, fit
from jobs.training.bivae.fold import training_matrix, user_vectors, validation
from jobs.training.budget import LEFT_OUT, seconds_for
from jobs.training.fold_histories import FoldHistories, fold_histories
from jobs.training.validation_users import validation_users
from jobs.vectors.lists import vector_lists

READS = ("interactions",)
WRITES = ("bivae_user_vectors", "bivae_item_vectors")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the vectors of both folds; report epochs and curve, and why training stopped or never began."""
    settings = run.settings
    if "bivae" not in settings.candidates.sources:
        return {"stepped_aside": LEFT_OUT, **_write(spark, run, {})}
    started, seconds = time.monotonic(), seconds_for(run, "train_bivae")
    if not seconds:
        share = settings.bivae.max_share * settings.train.max_seconds
        why = f"its share of train.max_seconds is {share:.0f} s, bivae.min_seconds {settings.bivae.min_seconds:.0f}"
        return {"stepped_aside": why, **_write(spark, run, {})}
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    backtest = _train(run, parted, Fold.BACKTEST, settings.bivae.max_epochs, started + seconds / 2)
    if not backtest:
        return {"stepped_aside": "nobody took two items or more", **_write(spark, run, {})}
    chosen = backtest.fitted
    if backtest.is_worse_than_popular:
        why = f"on validation {max(chosen.tried.values()):.4f}, the popular list {backtest.popular:.4f}"
        return {"stepped_aside": why, **_write(spark, run, {}), **backtest.report()}
    final = _train(run, parted, Fold.FINAL, chosen.epochs, started + seconds)
    folds = {Fold.BACKTEST: backtest} | ({Fold.FINAL: final} if final else {})
    refit = {"refit": {"epochs": final.fitted.epochs, "stopped": final.fitted.stopped}} if final else {}
    return {**_write(spark, run, folds), **backtest.report(), **refit}


@dataclass(frozen=True)
class _Trained:
    known: FoldHistories
    fitted: Fitted
    n_users: int
    popular: float | None
    """What the popular list reaches on validation, if there is one."""

    @property
    def is_worse_than_popular(self) -> bool:
        return self.popular is not None and max(self.fitted.tried.values()) < self.popular

    def report(self) -> dict[str, Any]:
        fitted = self.fitted
        return {"users": self.n_users, "epochs": fitted.epochs, "stopped": fitted.stopped, "tried": fitted.tried}


def _train(run: Run, parted: DataFrame, fold: Fold, epochs: int, deadline: float) -> _Trained | None:
    settings = run.settings
    known = fold_histories(parted, fold, settings, settings.bivae.max_items)
    taken = training_matrix(known, settings, run.folder / "train_bivae-histories")
    if not taken.shape[0]:
        return None
    measure = None
    if fold is Fold.BACKTEST:
        users = validation_users(known.users, parted, known.index, settings)
        measure = validation(users, len(known.item_ids), settings.evaluate.cutoffs[0])
        epochs = epochs if measure else settings.bivae.epochs_unvalidated
    ndcg, popular = measure or (None, None)
    fitted = fit(taken, settings.bivae, epochs, deadline, settings.split.seed, ndcg)
    return _Trained(known, fitted, taken.shape[0], popular)


def _write(spark: SparkSession, run: Run, folds: dict[Fold, _Trained]) -> dict[str, int]:
    rows = {
        tables.BIVAE_USER_VECTORS: {
            fold: user_vectors(trained.known.users, trained.fitted.vectors.users) for fold, trained in folds.items()
        },
        tables.BIVAE_ITEM_VECTORS: {
            fold: spark.createDataFrame(_item_rows(trained)) for fold, trained in folds.items()
        },
    }
    return {table.name: spark_io.write_folds(spark, frames, run, table) for table, frames in rows.items()}


def _item_rows(trained: _Trained) -> pa.Table:
    vectors = trained.fitted.vectors.items
    known = np.flatnonzero(vectors.any(axis=1))
    ids = pa.array([trained.known.item_ids[row] for row in known], pa.string())
    return pa.table({ITEM_ID: ids, "vector": vector_lists(vectors[known])})


if __name__ == "__main__":
    from jobs.stage import main

    main("train_bivae")
