from pyspark.sql import functions as F

from jobs.streamed import in_batches, streamed


def test_rows_come_in_batches_and_nothing_is_left_behind(spark, tmp_path):
    frame = spark.range(10).repartition(3)
    with streamed(frame, tmp_path / "scratch") as rows:
        batches = list(in_batches(rows, 2))
        assert max(batch.num_rows for batch in batches) == 2
        assert sorted(value for batch in batches for value in batch.column(0).to_pylist()) == list(range(10))
    assert not (tmp_path / "scratch").exists()


def test_an_ordered_frame_keeps_its_order_over_all_its_files(spark, tmp_path):
    # As orderBy lays it out, but never in one file.
    hashed = spark.range(2_000).withColumn("at", F.xxhash64("id"))
    with streamed(hashed.repartitionByRange(12, "at").sortWithinPartitions("at"), tmp_path / "scratch") as rows:
        assert len(rows.files) == 12
        found = [value for batch in in_batches(rows, 100) for value in batch.column(1).to_pylist()]
    assert len(found) == 2_000
    assert found == sorted(found)


def test_an_empty_frame_has_its_columns(spark, tmp_path):
    with streamed(spark.range(3).where("id > 5").orderBy("id"), tmp_path / "scratch") as rows:
        assert (rows.schema.names, rows.count_rows()) == (["id"], 0)


def test_what_a_killed_stage_left_is_replaced(spark, tmp_path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "part-old.parquet").write_bytes(b"cut")
    with streamed(spark.range(3), tmp_path / "scratch") as rows:
        assert rows.count_rows() == 3
