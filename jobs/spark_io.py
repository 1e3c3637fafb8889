"""The Spark session, and reads and writes that enforce ``jobs.contract.tables``.

A partition is a folder of attempts and one small pointer, LATEST.json, that names the attempt in force. A writer fills
a new attempt and then flips the pointer, so that a killed stage leaves the old partition whole.
"""

import os
import shutil
import sys
import time
import uuid
from functools import reduce
from pathlib import Path

import structlog
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from jobs.contract.atomic_files import read_json, write_json
from jobs.contract.errors import ContractError
from jobs.contract.run import Run
from jobs.contract.settings import Settings
from jobs.contract.tables import FOLD, Fold, Table

LATEST = "LATEST.json"
_LOG_CONFIG = Path(__file__).with_name("log4j2.properties")
JAVA_OPTIONS = f"-Duser.timezone=UTC -Dlog4j2.configurationFile={_LOG_CONFIG}"
log = structlog.get_logger()


def session(settings: Settings, name: str) -> SparkSession:
    """Return the process's Spark session, in UTC whatever the machine's timezone.

    Under spark-submit the master and the driver's memory are already given; otherwise the settings say.
    """
    os.environ["TZ"] = "UTC"
    time.tzset()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName(name)
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        builder = builder.master(settings.spark.master).config("spark.driver.memory", settings.spark.driver_memory)
        if settings.spark.master.startswith("local"):
            # Nothing but this machine has any business with a local session's ports.
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    properties = {
        "spark.sql.session.timeZone": "UTC",
        "spark.executorEnv.TZ": "UTC",
        "spark.driver.extraJavaOptions": JAVA_OPTIONS,
        "spark.executor.extraJavaOptions": "-Duser.timezone=UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        # The CSV reader would else not notice rows with too few or too many fields.
        "spark.sql.csv.parser.columnPruning.enabled": "false",
        # The JVM never compiles methods past 8,000 bytes of bytecode: Spark is to split them up instead.
        "spark.sql.codegen.hugeMethodLimit": "8000",
        # Item-sized tables may be collected, up to 4 GB; Spark's own limit is 1 GB.
        "spark.driver.maxResultSize": "4g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        **settings.spark.conf,
    }
    for key, value in properties.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    partitions = settings.spark.shuffle_partitions or 2 * spark.sparkContext.defaultParallelism
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def read(spark: SparkSession, run: Run, table: Table) -> DataFrame:
    """Return the table's partition of the run's date.

    Raises:
        ContractError: If it is missing, of another format version, or its columns are not the contract's.
    """
    folder = run.home.partition(table.name, run.run_date)
    latest = folder / LATEST
    if not latest.exists():
        raise ContractError(
            f"Table {table.name} has no partition {run.run_date}. Run the stage that writes it (README, 'The line')."
        )
    pointer = read_json(latest)
    if pointer["version"] != table.version:
        raise ContractError(
            f"Table {table.name} {run.run_date} has format version {pointer['version']}, expected {table.version}. "
            "Rerun the stage that writes it."
        )
    frame = spark.read.schema(table.ddl).parquet(str(folder / pointer["attempt"]))
    return frame.select(*table.names)


def exists(run: Run, table: Table) -> bool:
    """Return whether the table has a partition of the run's date."""
    return (run.home.partition(table.name, run.run_date) / LATEST).exists()


def write(frame: DataFrame, run: Run, table: Table) -> int:
    """Replace the table's partition of the run's date by ``frame`` and return its number of rows.

    Raises:
        ContractError: If columns are missing or of another type, or a required one holds nulls; nothing changes then.
        LockedError: If a newer run has taken the date.
    """
    folder = run.home.partition(table.name, run.run_date)
    attempt = f"attempt={run.token:06d}-{uuid.uuid4().hex[:8]}"
    checks = Observation()
    conform(frame, table).observe(checks, *_check_columns(table)).write.parquet(str(folder / attempt))
    counts = checks.get
    nulls = {name: counts[f"null_{name}"] for name in table.required if counts[f"null_{name}"]}
    if nulls:
        shutil.rmtree(folder / attempt)
        raise ContractError(
            f"Table {table.name} {run.run_date}: nulls in required columns {nulls} of {counts['rows']:,} rows."
        )
    run.check_not_superseded()
    pointer = {"attempt": attempt, "version": table.version, "rows": counts["rows"], "run_id": run.run_id}
    write_json(folder / LATEST, pointer)
    _remove_other_attempts(folder, attempt)
    log.info("table written", table=table.name, run_date=str(run.run_date), rows=counts["rows"])
    return int(counts["rows"])


def write_folds(spark: SparkSession, frames: dict[Fold, DataFrame], run: Run, table: Table) -> int:
    """Write the frames of several folds, or of none, as one partition; return its rows.

    Args:
        spark: The session.
        frames: By fold, the columns of ``table`` but the fold.
        run: The run.
        table: A table with a fold.
    """
    labelled = [frame.select(F.lit(fold.value).alias(FOLD), "*") for fold, frame in frames.items()]
    return write(reduce(DataFrame.unionByName, labelled, spark.createDataFrame([], table.ddl)), run, table)


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """Return ``frame`` with the table's columns in order; missing ones and other types are refused, others dropped.

    Raises:
        ContractError: Naming every column that is missing or of another type.
    """
    found = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    expected = {field.name: field.dataType.simpleString() for field in StructType.fromDDL(table.ddl).fields}
    faults = [
        f"{name}: found {found.get(name, 'nothing')}, expected {kind}"
        for name, kind in expected.items()
        if found.get(name) != kind
    ]
    if faults:
        raise ContractError(f"Table {table.name}: {'; '.join(faults)}.")
    return frame.select(*table.names)


def _check_columns(table: Table) -> list[Column]:
    nulls = [F.sum(F.col(name).isNull().cast("bigint")).alias(f"null_{name}") for name in table.required]
    return [F.count(F.lit(1)).alias("rows"), *nulls]


def _remove_other_attempts(folder: Path, attempt: str) -> None:
    for other in folder.glob("attempt=*"):
        if other.name != attempt:
            shutil.rmtree(other)
