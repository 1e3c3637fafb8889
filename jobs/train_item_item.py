"""Train the item-to-item models, cosine and EASE: choose their settings on validation, then refit on all data.

Cost: co-occurrence is the sum over users of history length squared; EASE is its items cubed in the driver's own
process, at 4 bytes x items squared. Values are tried while the stage's part of ``train.max_seconds`` lasts.
"""

import time
from functools import reduce
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from scipy import sparse

from jobs import spark_io
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, INTERACTIONS, ITEM_WEIGHTS, Fold
from jobs.training.budget import seconds_for
from jobs.training.choose_item_weights import TUNED_ITEMS, Choice, choose, user_weight
from jobs.training.cooccurrence import neighbours, taken_counts
from jobs.training.ease import ease_weights
from jobs.training.fold_histories import FoldHistories, fold_histories
from jobs.training.item_weights import weight_rows
from jobs.training.validation import build_cases
from jobs.training.validation_users import validation_users
from jobs.vectors.top_k import FloatArray

READS = ("interactions",)
WRITES = ("item_weights",)


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``item_weights`` of both folds; report what was chosen and why, and how many items EASE covers."""
    until = time.monotonic() + seconds_for(run, "train_item_item")
    parted = spark_io.read(spark, run, INTERACTIONS).persist()
    frames = [spark.createDataFrame([], ITEM_WEIGHTS.ddl)]
    choice: Choice | None = None
    solved = n_items = 0
    for fold in Fold:
        known = fold_histories(parted, fold, run.settings)
        if not known.item_ids:
            continue
        n_items = len(known.item_ids)
        gram = known.gram(_scratch(run), min(n_items, run.settings.ease.max_items))
        if choice is None:
            choice = _choose(run, gram[:TUNED_ITEMS, :TUNED_ITEMS], known, parted, until)
        solved = len(gram)
        ease = ease_weights(gram, choice.regularisation, run.settings.ease.kept, overwrite=True)
        del gram  # before the next fold counts its own
        models = {"item_item": _neighbours(known.taken, n_items, choice), "ease": ease}
        for name, weights in models.items():
            frame = spark.createDataFrame(weight_rows(weights, known.item_ids))
            frames.append(frame.select(F.lit(fold.value).alias(FOLD), F.lit(name).alias("model"), "*"))
    n_rows = spark_io.write(reduce(DataFrame.unionByName, frames), run, ITEM_WEIGHTS)
    chosen = {} if choice is None else {"chosen": choice._asdict()}
    return {"rows": n_rows, "ease_items": solved, "items": n_items, **chosen}


def _neighbours(taken: DataFrame, n_items: int, choice: Choice) -> sparse.csr_matrix:
    counts, damped_counts = (taken_counts(taken, n_items, exponent) for exponent in (0.0, choice.user_exponent))
    shrinkage = choice.shrinkage * user_weight(damped_counts, counts)
    return neighbours(taken, damped_counts, shrinkage, choice.neighbours, choice.user_exponent)


def _choose(run: Run, gram: FloatArray, known: FoldHistories, parted: DataFrame, until: float) -> Choice:
    settings = run.settings
    users = validation_users(known.users, parted, known.index, settings)
    cases = build_cases(users, len(gram))
    damped = {e: known.gram(_scratch(run), len(gram), e) for e in settings.item_item.user_exponent if e}
    item_item, ease = known.fading(settings.item_item), known.fading(settings.ease)
    return choose({0.0: gram, **damped}, cases, item_item, ease, settings.evaluate.cutoffs[0], until)


def _scratch(run: Run) -> Path:
    return run.folder / "train_item_item-histories"


if __name__ == "__main__":
    from jobs.stage import main

    main("train_item_item")
