"""A little of everything that stages do in Spark, recorded: ``python -m infra.spark_exercise ARCHIVE``."""

import sys
import tempfile
from pathlib import Path

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.contract.settings import load


def record(archive: Path) -> None:
    """Do it in a session whose JVM, when it ends, writes the classes loaded to ``archive``."""
    options = f"{spark_io.JAVA_OPTIONS} -XX:ArchiveClassesAtExit={archive}"
    conf = {"spark.driver.extraJavaOptions": options}
    spark = spark_io.session(load(spark={"master": "local[2]", "driver_memory": "1g", "conf": conf}), "spark classes")
    with tempfile.TemporaryDirectory() as scratch:
        _some_of_everything(spark, scratch)
    spark.stop()


def _some_of_everything(spark: SparkSession, scratch: str) -> None:
    events = spark.range(200).select(
        F.concat(F.lit("u"), (F.col("id") % 20).cast("string")).alias("user_id"),
        (F.col("id") * 7 % 30).cast("int").alias("item"),
        F.timestamp_seconds("id").alias("at"),
    )
    for form in ("parquet", "csv", "json"):
        events.write.format(form).save(f"{scratch}/{form}")
        spark.read.format(form).schema(events.schema).load(f"{scratch}/{form}").count()
    stored = spark.read.parquet(f"{scratch}/parquet").persist()
    ranked = stored.withColumn("place", F.row_number().over(Window.partitionBy("user_id").orderBy(F.desc("at"))))
    lists = ranked.groupBy("user_id").agg(F.sort_array(F.collect_list(F.struct("place", "item"))).alias("taken"))
    lists.join(F.broadcast(stored), on="user_id", how="left_semi").orderBy("user_id").toPandas()
    stored.join(lists, on="user_id").groupBy("item").agg(
        F.percentile_approx("item", 0.5), F.countDistinct("at")
    ).count()
    stored.mapInArrow(lambda batches: batches, stored.schema).write.parquet(f"{scratch}/mapped")
    numbered = stored.select(F.hash("user_id").alias("user"), "item", F.lit(1.0).alias("weight"))
    als = ALS(userCol="user", itemCol="item", ratingCol="weight", rank=2, maxIter=1, implicitPrefs=True)
    als.fit(numbered).itemFactors.toPandas()


if __name__ == "__main__":
    record(Path(sys.argv[1]))
