"""Embeddings by content hash: what was embedded once under a model is never embedded again.

A model's folder holds one subfolder a night that added anything. A night fills a hidden folder first and renames it
when it is whole, so that a killed night leaves nothing half; cost of a night = texts that are new.
"""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from jobs.contract.atomic_files import read_json, sync_folder, write_json
from jobs.embedding.model import ModelSpec, encode
from jobs.vectors.lists import vector_lists

SCHEMA = "text_hash string, embedding array<float>"
_SPEED = "speed.json"


def cached(spark: SparkSession, folder: Path) -> DataFrame:
    """Return (text_hash, embedding) of everything embedded under the folder's model, one row a hash."""
    nights = [str(path) for path in sorted(folder.glob("night=*"))]
    if not nights:
        return spark.createDataFrame([], SCHEMA)
    return spark.read.schema(SCHEMA).parquet(*nights).dropDuplicates(["text_hash"])


def embed_texts(texts: DataFrame, spec: ModelSpec, batch_size: int, threads: int) -> DataFrame:
    """Return (text_hash, embedding) of (text, text_hash), the model loaded once a process."""

    def embed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            vectors = encode(spec, batch.column("text").to_pylist(), batch_size, threads)
            columns = [batch.column("text_hash"), vector_lists(vectors)]
            yield pa.RecordBatch.from_arrays(columns, names=["text_hash", "embedding"])

    return texts.select("text", "text_hash").mapInArrow(embed, SCHEMA)


def add_night(embedded: DataFrame, folder: Path, night: str) -> None:
    """Add a night's new embeddings to the cache, whole or not at all; what killed attempts left is cleared away."""
    for left in folder.glob(".night=*"):
        shutil.rmtree(left)
    # A night that runs embed_items again may have new texts again: each time adds a folder of its own.
    name = f"night={night}-{uuid.uuid4().hex[:8]}"
    embedded.write.parquet(str(folder / f".{name}"))
    (folder / f".{name}").rename(folder / name)
    sync_folder(folder)


def seconds_per_text(folder: Path) -> float | None:
    """Return what a text cost when this model last embedded, or None if it never did."""
    path = folder / _SPEED
    return float(read_json(path)["seconds_per_text"]) if path.exists() else None


def remember_speed(folder: Path, seconds: float, n_texts: int) -> None:
    """Keep what a text cost, for the report of what reuse saved."""
    write_json(folder / _SPEED, {"seconds_per_text": seconds / n_texts, "n_texts": n_texts})
