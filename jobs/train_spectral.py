"""Train the spectral models, of whole histories and of sessions: choose on validation, then refit on all data.

Cost: co-occurrence is the sum over users, or sessions, of their length squared; its strongest directions are some
thousand products with a matrix of 4 bytes x items squared, in blocks, in the driver's own process, one model at a time.
Values are tried while the stage's part of ``train.max_seconds`` lasts.
"""

import time
from functools import cache, partial, reduce
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.settings import Spectral
from jobs.contract.tables import FOLD, INTERACTIONS, ITEM_ID, SPECTRAL_ITEM_VECTORS, Fold
from jobs.training.budget import seconds_for
from jobs.training.choose_item_weights import TUNED_ITEMS
from jobs.training.choose_spectral import Choice, choose
from jobs.training.cooccurrence import taken_counts
from jobs.training.fold_histories import FoldHistories, fold_histories, streamed_gram
from jobs.training.sessions import SESSION_EXPONENT, sessions
from jobs.training.spectral import USER_EXPONENT, SpectralVectors, spectral_vectors
from jobs.training.validation import build_cases
from jobs.training.validation_users import validation_users
from jobs.vectors.lists import vector_lists
from jobs.vectors.top_k import FloatArray

READS = ("interactions",)
WRITES = ("spectral_item_vectors",)
MODELS = ("spectral", "session")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``spectral_item_vectors`` of both folds and models; report by model what was chosen and why."""
    settings, until = run.settings, time.monotonic() + seconds_for(run, "train_spectral")
    parted = spark_io.read(spark, run, INTERACTIONS).persist()
    frames = [spark.createDataFrame([], SPECTRAL_ITEM_VECTORS.ddl)]
    chosen: dict[str, Choice] = {}
    for fold in Fold:
        known = fold_histories(parted, fold, settings)
        if not known.item_ids:
            continue
        n_users = taken_counts(known.taken, len(known.item_ids))
        users = cache(partial(validation_users, known.users, parted, known.index, settings))
        for model in MODELS:
            n_items = min(len(known.item_ids), getattr(settings, model).max_items)
            gram = _gram(model, known, n_items, run)
            if gram is None:
                continue
            if model not in chosen:
                values, k = known.fading(getattr(settings, model)), settings.evaluate.cutoffs[0]
                chosen[model] = _choose(gram, n_users, users(), values, k, until)
            rank, item_exponent, *_ = chosen[model]
            vectors = spectral_vectors(gram, n_users[:n_items], rank, item_exponent)
            del gram  # before the next model counts its own
            frame = spark.createDataFrame(_rows(vectors, known.item_ids[:n_items]))
            frames.append(frame.select(F.lit(fold.value).alias(FOLD), F.lit(model).alias("model"), "*"))
    n_rows = spark_io.write(reduce(DataFrame.unionByName, frames), run, SPECTRAL_ITEM_VECTORS)
    return {"rows": n_rows, "chosen": {model: choice._asdict() for model, choice in chosen.items()}}


def _choose(
    gram: FloatArray, n_users: FloatArray, users: pd.DataFrame, values: Spectral, k: int, until: float
) -> Choice:
    # A function of its own: a view that lived on in the caller would keep the whole matrix.
    tuned = gram[:TUNED_ITEMS, :TUNED_ITEMS]
    return choose(tuned, n_users[: len(tuned)], build_cases(users, len(tuned)), values, k, until)


def _gram(model: str, known: FoldHistories, n_items: int, run: Run) -> FloatArray | None:
    """Return how often every two items were taken together; None where no session holds two.

    Of sessions the diagonal is left out: how often an item was taken says nothing of what goes with it, and in short
    rows it would be nearly all there is.
    """
    settings, scratch = run.settings, run.folder / "train_spectral-histories"
    if model == "spectral":
        return known.gram(scratch, n_items, USER_EXPONENT)
    sittings = sessions(known.interactions, known.index, settings.session.pause_share, settings.candidates.max_history)
    if sittings is None:
        return None
    gram = streamed_gram(sittings, scratch, n_items, SESSION_EXPONENT)
    np.fill_diagonal(gram, 0)
    return gram if gram.any() else None


def _rows(vectors: SpectralVectors, item_ids: list[str]) -> pa.Table:
    columns = {name: vector_lists(values) for name, values in vectors._asdict().items()}
    return pa.table({ITEM_ID: pa.array(item_ids, pa.string()), **columns})


if __name__ == "__main__":
    from jobs.stage import main

    main("train_spectral")
