import numpy as np
import pytest
from pyspark.sql import functions as F

from jobs import embed_items, spark_io
from jobs.contract.errors import SettingsError
from jobs.contract.settings import Embedding
from jobs.contract.tables import ITEM_EMBEDDINGS, VALIDATED_ITEMS
from jobs.embedding.model import encode, model_spec

FILMS = [
    ("1", "Star Wars"),
    ("2", "Return of the Jedi"),
    ("3", "Sense and Sensibility"),
    ("twin", "Star Wars"),
    ("9", "9"),
]


def write_items(spark, run, films):
    items = spark.createDataFrame(films, "item_id string, title string")
    for name, kind in VALIDATED_ITEMS.columns[2:]:
        items = items.withColumn(name, F.lit(None).cast(kind))
    spark_io.write(items, run, VALIDATED_ITEMS)


def test_a_text_is_embedded_once_and_the_next_night_embeds_only_what_is_new(spark, make_run):
    run = make_run()
    write_items(spark, run, FILMS)
    first = embed_items.run(spark, run)
    assert (first["new"], first["reused"], first["removed"]) == (3, 0, 0)  # twins share a text, an id is none
    assert first["embedding"]["dim"] == 384
    before = {row.item_id: row.embedding for row in spark_io.read(spark, run, ITEM_EMBEDDINGS).collect()}
    assert before["1"] == before["twin"]
    assert np.dot(before["1"], before["2"]) > np.dot(before["1"], before["3"])
    assert np.linalg.norm(list(before.values()), axis=1) == pytest.approx(1.0, abs=1e-5)

    later = make_run()
    write_items(spark, later, [*FILMS[:2], ("4", "Alien")])
    second = embed_items.run(spark, later)
    assert (second["new"], second["reused"], second["removed"]) == (1, 2, 1)
    assert second["seconds_saved"] > 0
    after = {row.item_id: row.embedding for row in spark_io.read(spark, later, ITEM_EMBEDDINGS).collect()}
    assert after["1"] == before["1"]
    assert set(after) == {"1", "2", "4"}


def test_fewer_dimensions_are_another_model_and_still_unit_vectors():
    full, short = model_spec(Embedding()), model_spec(Embedding(dim=64))
    assert full.key != short.key
    vectors = encode(short, ["Star Wars"], batch_size=8, threads=1)
    assert vectors.shape == (1, 64)
    assert np.linalg.norm(vectors) == pytest.approx(1.0, abs=1e-5)


def test_a_hub_name_without_a_revision_is_refused():
    with pytest.raises(SettingsError, match=r"needs embedding.revision, so that the weights cannot change"):
        model_spec(Embedding(model="some/model"))


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(SettingsError, match=r"holds no \*.safetensors weights"):
        model_spec(Embedding(model=str(tmp_path)))
