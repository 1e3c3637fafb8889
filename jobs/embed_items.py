"""Embed the items' texts with a language model; only texts never seen under this model are computed.

Cost: the model's work on new texts; for the rest one join of hashes.
"""

import time
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.atomic_files import lock
from jobs.contract.run import Run
from jobs.contract.tables import ITEM_EMBEDDINGS, VALIDATED_ITEMS
from jobs.embedding.cache import add_night, cached, embed_texts, remember_speed, seconds_per_text
from jobs.embedding.model import ModelSpec, model_spec
from jobs.embedding.texts import item_texts

READS = ("validated_items", "embedding_cache")
WRITES = ("item_embeddings", "embedding_cache")

_TEXTS_PER_TASK = 512
_PATIENCE_SECONDS = 3 * 3600.0


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write ``item_embeddings`` and report how many texts were new, reused and removed, and the seconds saved."""
    spec = model_spec(run.settings.embedding)
    folder = run.home.embedding_cache / spec.key
    folder.mkdir(parents=True, exist_ok=True)
    # Nights side by side share the cache: the second waits and then finds what the first embedded.
    with lock(run.home.locks / f"embeddings-{spec.key}", f"run {run.run_id}", wait_seconds=_PATIENCE_SECONDS):
        return _embed_all(spark, run, spec)


def _embed_all(spark: SparkSession, run: Run, spec: ModelSpec) -> dict[str, Any]:
    settings, folder = run.settings.embedding, run.home.embedding_cache / spec.key
    texts = item_texts(spark_io.read(spark, run, VALIDATED_ITEMS), settings.max_chars).persist()
    known = cached(spark, folder)
    n_texts = texts.select("text_hash").distinct().count()
    new = texts.dropDuplicates(["text_hash"]).join(known.select("text_hash"), on="text_hash", how="left_anti").persist()
    n_new = new.count()
    if n_new:
        _embed(spark, run, spec, new, n_new)

    embeddings = texts.join(cached(spark, folder), on="text_hash", how="inner")
    spark_io.write(embeddings.select("item_id", "text_hash", "embedding"), run, ITEM_EMBEDDINGS)
    texts.unpersist()
    new.unpersist()
    reused = n_texts - n_new
    return {
        "new": n_new,
        "reused": reused,
        "removed": known.join(texts.select("text_hash"), on="text_hash", how="left_anti").count(),
        "seconds_saved": round(reused * (seconds_per_text(folder) or 0.0), 3),
        "embedding": _described(spark, run, spec),
    }


def _embed(spark: SparkSession, run: Run, spec: ModelSpec, new: DataFrame, n_new: int) -> None:
    cores = spark.sparkContext.defaultParallelism
    tasks = min(cores, -(-n_new // _TEXTS_PER_TASK))
    started = time.monotonic()
    folder = run.home.embedding_cache / spec.key
    # Executors' cores are shared by the tasks that run at once: one thread a task on a full machine.
    embedded = embed_texts(new.repartition(tasks, "text_hash"), spec, run.settings.embedding.batch_size, cores // tasks)
    add_night(embedded, folder, run.run_id)
    remember_speed(folder, time.monotonic() - started, n_new)


def _described(spark: SparkSession, run: Run, spec: ModelSpec) -> dict[str, Any]:
    first = spark_io.read(spark, run, ITEM_EMBEDDINGS).select(F.size("embedding").alias("dim")).first()
    return {"model": spec.name, "revision": spec.revision, "dim": first["dim"]} if first else {}


if __name__ == "__main__":
    from jobs.stage import main

    main("embed_items")
