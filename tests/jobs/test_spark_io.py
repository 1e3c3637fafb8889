from datetime import date

import pytest

from jobs import spark_io
from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.errors import ContractError, LockedError
from jobs.contract.tables import ITEM_EMBEDDINGS

DDL = "item_id string, text_hash string, embedding array<float>"


@pytest.fixture
def rows(spark):
    return spark.createDataFrame([("1", "a", [1.0]), ("2", "b", [2.0])], DDL)


def test_what_was_written_is_read_back_in_the_tables_columns(spark, make_run, rows):
    run = make_run()
    extra = rows.selectExpr("embedding", "'dropped' AS other", "text_hash", "item_id")
    assert spark_io.write(extra, run, ITEM_EMBEDDINGS) == 2
    found = spark_io.read(spark, run, ITEM_EMBEDDINGS)
    assert found.columns == ["item_id", "text_hash", "embedding"]
    assert sorted(found.collect()) == sorted(rows.collect())


def test_a_rerun_replaces_its_date_and_no_other_and_leaves_one_attempt(spark, make_run, rows):
    first, other_day = make_run(), make_run(date(2026, 1, 30))
    for run in (first, other_day):
        spark_io.write(rows, run, ITEM_EMBEDDINGS)
    spark_io.write(rows.limit(1), first, ITEM_EMBEDDINGS)
    assert spark_io.read(spark, first, ITEM_EMBEDDINGS).count() == 1
    assert spark_io.read(spark, other_day, ITEM_EMBEDDINGS).count() == 2
    assert len(list(first.home.partition("item_embeddings", first.run_date).glob("attempt=*"))) == 1


@pytest.mark.parametrize(
    ("expressions", "message"),
    [
        (["item_id", "text_hash"], r"embedding: found nothing, expected array<float>"),
        (["CAST(1 AS int) AS item_id", "text_hash", "embedding"], r"item_id: found int, expected string"),
        (
            ["item_id", "CAST(NULL AS string) AS text_hash", "embedding"],
            r"nulls in required columns \{'text_hash': 2\}",
        ),
    ],
)
def test_rows_that_break_the_contract_are_refused_and_the_old_partition_stays(
    spark, make_run, rows, expressions, message
):
    run = make_run()
    spark_io.write(rows, run, ITEM_EMBEDDINGS)
    with pytest.raises(ContractError, match=message):
        spark_io.write(rows.selectExpr(*expressions), run, ITEM_EMBEDDINGS)
    assert spark_io.read(spark, run, ITEM_EMBEDDINGS).count() == 2


def test_an_empty_table_is_a_table(spark, make_run, rows):
    run = make_run()
    assert spark_io.write(rows.limit(0), run, ITEM_EMBEDDINGS) == 0
    assert spark_io.read(spark, run, ITEM_EMBEDDINGS).count() == 0


def test_a_superseded_run_writes_nothing(spark, make_run, rows):
    older, newer = make_run(), make_run()
    spark_io.write(rows, newer, ITEM_EMBEDDINGS)
    with pytest.raises(LockedError, match="was superseded"):
        spark_io.write(rows.limit(0), older, ITEM_EMBEDDINGS)
    assert spark_io.read(spark, newer, ITEM_EMBEDDINGS).count() == 2


def test_a_missing_partition_and_another_format_are_named(spark, make_run, rows):
    run = make_run()
    with pytest.raises(ContractError, match=r"Table item_embeddings has no partition 2026-01-31. Run the stage"):
        spark_io.read(spark, run, ITEM_EMBEDDINGS)
    spark_io.write(rows, run, ITEM_EMBEDDINGS)
    latest = run.home.partition("item_embeddings", run.run_date) / spark_io.LATEST
    write_json(latest, {**read_json(latest), "version": 99})
    with pytest.raises(ContractError, match=r"has format version 99, expected 1. Rerun the stage"):
        spark_io.read(spark, run, ITEM_EMBEDDINGS)
