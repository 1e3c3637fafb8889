"""Train the spectral model: choose its rank on validation, then refit on all data.

Cost: co-occurrence is the sum over users of history length squared; its strongest directions are some hundred products
with a matrix of 4 bytes x items squared, in the driver's own process.
"""

from functools import reduce
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, INTERACTIONS, ITEM_ID, SPECTRAL_ITEM_VECTORS, Fold
from jobs.training.choose_item_weights import TUNED_ITEMS
from jobs.training.choose_spectral import Choice, choose
from jobs.training.cooccurrence import taken_counts
from jobs.training.fold_histories import fold_histories
from jobs.training.spectral import USER_EXPONENT, SpectralVectors, spectral_vectors
from jobs.training.validation import build_cases
from jobs.training.validation_users import validation_users
from jobs.vectors.lists import vector_lists

READS = ("interactions",)
WRITES = ("spectral_item_vectors",)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``spectral_item_vectors`` of both folds; report what was chosen and why, and how many items it covers."""
    settings = run.settings
    parted = spark_io.read(spark, run, INTERACTIONS).persist()
    frames = [spark.createDataFrame([], SPECTRAL_ITEM_VECTORS.ddl)]
    choice: Choice | None = None
    for fold in Fold:
        known = fold_histories(parted, fold, settings, settings.spectral.max_items)
        if not known.item_ids:
            continue
        gram = known.gram(run.folder / "train_spectral-histories", len(known.item_ids), USER_EXPONENT)
        n_users = taken_counts(known.taken, len(known.item_ids))
        if choice is None:
            users = validation_users(known.users, parted, known.index, settings)
            tuned = gram[:TUNED_ITEMS, :TUNED_ITEMS]
            cases = build_cases(users, len(tuned))
            choice = choose(tuned, n_users[:TUNED_ITEMS], cases, settings.spectral, settings.evaluate.cutoffs[0])
        vectors = spectral_vectors(gram, n_users, choice.rank, choice.item_exponent)
        frame = spark.createDataFrame(_rows(vectors, known.item_ids))
        frames.append(frame.select(F.lit(fold.value).alias(FOLD), "*"))
    n_rows = spark_io.write(reduce(DataFrame.unionByName, frames), run, SPECTRAL_ITEM_VECTORS)
    return {"rows": n_rows, **({} if choice is None else {"chosen": choice._asdict()})}


def _rows(vectors: SpectralVectors, item_ids: list[str]) -> pa.Table:
    columns = {name: vector_lists(values) for name, values in vectors._asdict().items()}
    return pa.table({ITEM_ID: pa.array(item_ids, pa.string()), **columns})


if __name__ == "__main__":
    from jobs.stage import main

    main("train_spectral")
