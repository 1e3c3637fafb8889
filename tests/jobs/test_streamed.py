from jobs.streamed import streamed


def test_rows_come_in_batches_and_nothing_is_left_behind(spark, tmp_path):
    frame = spark.range(10).repartition(3)
    with streamed(frame, tmp_path / "scratch") as rows:
        batches = list(rows.to_batches(batch_size=2))
        assert max(batch.num_rows for batch in batches) == 2
        assert sorted(value for batch in batches for value in batch.column(0).to_pylist()) == list(range(10))
    assert not (tmp_path / "scratch").exists()


def test_what_a_killed_stage_left_is_replaced(spark, tmp_path):
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "part-old.parquet").write_bytes(b"cut")
    with streamed(spark.range(3), tmp_path / "scratch") as rows:
        assert rows.count_rows() == 3
