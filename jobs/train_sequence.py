"""Train the sequence models: the first to its early stop on the training part, all as long, then anew on all data.

The refit makes as many epochs as the backtest chose, or few where it begins with the last night's weights. How many
models there are is settled after the first: as many of ``sequence.models`` as the time left allows.

Cost: an epoch is events x items x dim for the softmax over all items, and events x history length x dim for attention,
in one process on every core, or on a GPU; users are scored by Spark's tasks.
"""

import time
from typing import Any

from pyspark.sql import SparkSession

from jobs import spark_io
from jobs.contract import tables
from jobs.contract.run import Run
from jobs.contract.settings import Settings
from jobs.contract.tables import Fold
from jobs.training.budget import LEFT_OUT, seconds_for
from jobs.training.sequence.curve import plot_curve
from jobs.training.sequence.fit import Plan
from jobs.training.sequence.fold import FoldData, fold_data
from jobs.training.sequence.members import Member, describe, item_vector_rows, models_in, train, user_vector_rows

READS = ("interactions", "item_embeddings", "models")
WRITES = ("sequence_user_vectors", "sequence_item_vectors", "models")
_Trained = dict[Fold, tuple[FoldData, list[Member]]]


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the vectors of both folds; report epochs and curves, and why training stopped or never began."""
    if "sequence" not in run.settings.candidates.sources:
        return {"stepped_aside": LEFT_OUT, **_write(spark, run, {})}
    if not run.report("validate")["has_timestamps"]:
        return {"stepped_aside": "events have no timestamps", **_write(spark, run, {})}
    parted = spark_io.read(spark, run, tables.INTERACTIONS).persist()
    embeddings = spark_io.read(spark, run, tables.ITEM_EMBEDDINGS).persist()
    seconds = seconds_for(run, "train_sequence")
    data = fold_data(run, parted, embeddings, Fold.BACKTEST)
    if not data:
        return {"stepped_aside": "nobody took two items or more", **_write(spark, run, {})}
    started = time.monotonic()  # what is only read cannot be stopped either, and would leave a short night no epoch
    deadline = started + seconds
    first = train(run, data, _first_plan(run.settings, data, started + seconds / 2), 0)
    if not first.fitted.best_epoch:
        return {"stepped_aside": f"train.max_seconds left {seconds:.0f} s for it", **_write(spark, run, {})}
    chosen = first.fitted
    n_models = models_in(deadline - time.monotonic(), chosen, run.settings.sequence.models)
    plan = Plan(chosen.best_epoch, None, deadline, run.settings.split.seed, chosen.pool)
    trained = {Fold.BACKTEST: (data, [first, *_members(run, data, plan, range(1, n_models))])}
    final = fold_data(run, parted, embeddings, Fold.FINAL)
    refitted = _members(run, final, plan, range(n_models)) if final else []
    if final and refitted:
        trained[Fold.FINAL] = (final, refitted)
    plot_curve(run.folder / "train_sequence.png", chosen.curve)
    how = describe(data, run.settings.sequence, n_models)
    return {**_write(spark, run, trained), **_report(trained), "how": how}


def _members(run: Run, data: FoldData, plan: Plan, places: range) -> list[Member]:
    """Train these models; one for which no time was left is none."""
    trained = [train(run, data, plan, place) for place in places]
    return [member for member in trained if member.fitted.best_epoch]


def _first_plan(settings: Settings, data: FoldData, deadline: float) -> Plan:
    sequence = settings.sequence
    if data.validate:
        return Plan(sequence.max_epochs, sequence.patience, deadline, settings.split.seed)
    return Plan(sequence.epochs_unvalidated, None, deadline, settings.split.seed)


def _write(spark: SparkSession, run: Run, trained: _Trained) -> dict[str, int]:
    settings = run.settings.sequence
    rows = {
        tables.SEQUENCE_USER_VECTORS: {
            fold: user_vector_rows(data, members, settings) for fold, (data, members) in trained.items()
        },
        tables.SEQUENCE_ITEM_VECTORS: {
            fold: spark.createDataFrame(item_vector_rows(data, members)) for fold, (data, members) in trained.items()
        },
    }
    return {table.name: spark_io.write_folds(spark, frames, run, table) for table, frames in rows.items()}


def _report(trained: _Trained) -> dict[str, Any]:
    return {
        fold.value: {
            "sequences": len(data.sequences),
            **members[0].report(),
            "further": [member.report() for member in members[1:]],
        }
        for fold, (data, members) in trained.items()
    }


if __name__ == "__main__":
    from jobs.stage import main

    main("train_sequence")
