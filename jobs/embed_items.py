"""Embed the items' texts and users' reviews with a language model; only texts never seen under this model are computed.

Cost: the model's work on new texts; for the rest one join of hashes.
"""

import time
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.atomic_files import lock
from jobs.contract.run import Run
from jobs.contract.tables import ITEM_EMBEDDINGS, REVIEW_EMBEDDINGS, VALIDATED_EVENTS, VALIDATED_ITEMS
from jobs.embedding.cache import add_night, cached, embed_texts, remember_speed, seconds_per_text
from jobs.embedding.model import ModelSpec, model_spec
from jobs.embedding.texts import item_texts, review_texts

READS = ("validated_items", "validated_events", "embedding_cache")
WRITES = ("item_embeddings", "review_embeddings", "embedding_cache")

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
    events = spark_io.read(spark, run, VALIDATED_EVENTS)
    reviews = review_texts(events, settings.max_chars, settings.reviews_per_user).persist()
    known = cached(spark, folder)
    item_hashes, review_hashes = (_distinct(frame) for frame in (texts, reviews))
    n_texts = item_hashes.unionByName(review_hashes).dropDuplicates(["text_hash"]).count()
    known_hashes = known.select("text_hash")
    # An item's own text is embedded whatever the limit, and takes no place of a review's.
    taken = known_hashes.unionByName(item_hashes.select("text_hash"))
    unknown_reviews = review_hashes.join(taken, on="text_hash", how="left_anti")
    # The hash's own order is as good as chance, and the same whatever the partitions.
    tonight = unknown_reviews.orderBy("text_hash").limit(settings.reviews_a_night)
    unknown_items = item_hashes.join(known_hashes, on="text_hash", how="left_anti")
    new = unknown_items.unionByName(tonight).dropDuplicates(["text_hash"]).persist()
    n_new = new.count()
    if n_new:
        _embed(spark, run, spec, new, n_new)

    now = cached(spark, folder)
    spark_io.write(texts.join(now, on="text_hash", how="inner"), run, ITEM_EMBEDDINGS)
    n_reviews = spark_io.write(reviews.join(now, on="text_hash", how="inner"), run, REVIEW_EMBEDDINGS)
    waiting = review_hashes.join(now.select("text_hash"), on="text_hash", how="left_anti").count()
    wanted = item_hashes.unionByName(review_hashes).select("text_hash")
    removed = known_hashes.join(wanted, on="text_hash", how="left_anti").count()
    for frame in (texts, reviews, new):
        frame.unpersist()
    reused = n_texts - n_new - waiting
    return {
        "new": n_new,
        "reused": reused,
        "removed": removed,
        "reviews": {"embedded": n_reviews, "waiting": waiting},
        "seconds_saved": round(reused * (seconds_per_text(folder) or 0.0), 3),
        "embedding": _described(spark, run, spec),
    }


def _distinct(texts: DataFrame) -> DataFrame:
    return texts.select("text", "text_hash").dropDuplicates(["text_hash"])


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
