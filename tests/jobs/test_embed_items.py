import numpy as np
import pytest
from pyspark.sql import functions as F

from jobs import embed_items, spark_io
from jobs.contract.errors import SettingsError
from jobs.contract.settings import Embedding
from jobs.contract.tables import ITEM_EMBEDDINGS, REVIEW_EMBEDDINGS, VALIDATED_EVENTS, VALIDATED_ITEMS
from jobs.embedding.model import encode, model_spec

FILMS = [
    ("1", "Star Wars"),
    ("2", "Return of the Jedi"),
    ("3", "Sense and Sensibility"),
    ("twin", "Star Wars"),
    ("9", "9"),
]


def write_items(spark, run, films, reviews=()):
    """Write items and, of each (user_id, item_id, text), an event."""
    numbered = [(*review, "events.csv", row) for row, review in enumerate(reviews)]
    items = spark.createDataFrame(films, "item_id string, title string")
    events = spark.createDataFrame(
        numbered, "user_id string, item_id string, text string, input_file string, input_row bigint"
    )
    for frame, table in ((items, VALIDATED_ITEMS), (events, VALIDATED_EVENTS)):
        missing = {name: F.lit(None).cast(kind) for name, kind in table.columns if name not in frame.columns}
        spark_io.write(frame.withColumns(missing), run, table)


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


def test_reviews_are_embedded_with_the_same_cache_and_no_more_new_ones_than_a_night_allows(spark, make_run):
    reviews = [("u", "1", "Star Wars"), ("u", "2", "dull"), ("v", "2", "dull"), ("v", "1", "grand"), ("v", "3", None)]
    run = make_run(embedding={"reviews_a_night": 1})
    write_items(spark, run, FILMS[:1], reviews)
    first = embed_items.run(spark, run)
    # The first review is an item's title word for word; of dull and grand one waits.
    assert (first["new"], first["reused"]) == (2, 0)
    assert first["reviews"]["waiting"] == 1
    later = make_run()
    write_items(spark, later, FILMS[:1], reviews)
    second = embed_items.run(spark, later)
    assert (second["new"], second["reused"], second["removed"]) == (1, 2, 0)
    assert second["reviews"] == {"embedded": 4, "waiting": 0}
    found = {
        (row.user_id, row.item_id): row.embedding for row in spark_io.read(spark, later, REVIEW_EMBEDDINGS).collect()
    }
    assert set(found) == {("u", "1"), ("u", "2"), ("v", "2"), ("v", "1")}
    assert found["u", "2"] == found["v", "2"]


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
