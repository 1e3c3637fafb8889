"""Every row of a table with its typed columns and, if it is bad, the rule it broke: one pass and one shuffle."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.contract.tables import INPUT_FILE, INPUT_ROW
from jobs.dataset.source import FAULT, FAULT_TEXT, FAULT_WHY, REPLACED, UNMAPPED
from jobs.validation.judgement import RAW, Judgement, first_broken

DUPLICATE = "duplicate"
CONFLICTING = "conflicting_duplicate"
RULE = "rule"
WHY = "why"
ROW = "row"
REPAIR = "repair_"
_CONTENT = "content"
_KEY = "identity"
_FAULT = "found_fault"


def judge_rows(raw_rows: DataFrame, judgement: Judgement) -> DataFrame:
    """Return all rows, typed and judged.

    Args:
        raw_rows: From ``jobs.dataset.read_rows``.
        judgement: Of their table.

    Returns:
        The table's typed columns, ``input_file``, ``input_row``; ``rule``, ``why`` and ``row`` (the row as JSON), null
        for good rows; a boolean ``repair_<name>`` for each repair, true on good rows only.
    """
    return _mark_duplicates(_type_and_judge(raw_rows, judgement), judgement)


def _type_and_judge(raw_rows: DataFrame, judgement: Judgement) -> DataFrame:
    names = judgement.source.table.columns
    origin = [INPUT_FILE, INPUT_ROW, REPLACED, FAULT, FAULT_WHY, FAULT_TEXT, UNMAPPED]
    # What no row has is a literal null, so that Spark folds away every rule about it.
    nothing = {name: F.lit(None).cast(raw_rows.schema[name].dataType) for name in judgement.source.never_given}
    prefixed = raw_rows.select(*(nothing.get(name, F.col(name)).alias(f"{RAW}{name}") for name in names), *origin)
    typed = prefixed.select("*", *(judgement.typed[name].alias(name) for name in names))
    judged = typed.withColumn(_FAULT, first_broken(judgement.rules))
    good = F.col(_FAULT).isNull()
    repairs = [
        (good & F.coalesce(mended, F.lit(False))).alias(f"{REPAIR}{name}") for name, mended in judgement.repairs.items()
    ]
    as_found = F.to_json(F.struct(*(F.col(f"{RAW}{name}").alias(name) for name in names)))
    no_record = F.to_json(F.struct(F.col(FAULT_TEXT).alias("text")))
    row = F.when(F.col(FAULT).isNotNull(), no_record).otherwise(as_found)
    # Columns outside the contract are in the hash and nowhere else: two orders of one day differ in nothing more.
    content = F.md5(F.to_json(F.struct(*names, UNMAPPED)))
    return judged.select(
        *names,
        INPUT_FILE,
        INPUT_ROW,
        F.col(f"{_FAULT}.rule").alias(RULE),
        F.col(f"{_FAULT}.why").alias(WHY),
        F.when(~good, row).alias(ROW),
        F.when(good, content).alias(_CONTENT),
        *repairs,
    )


def _mark_duplicates(judged: DataFrame, judgement: Judgement) -> DataFrame:
    """Of good rows with one key keep the preferred one; the winner never depends on the order of the input.

    Rows of equal content are ``duplicate`` (the first place in the input stays), others ``conflicting_duplicate``.
    """
    place = F.struct(INPUT_FILE, INPUT_ROW)
    order = Window.partitionBy(_KEY).orderBy(*judgement.preference, F.col(_CONTENT).desc(), INPUT_FILE, INPUT_ROW)
    ranked = judged.withColumn(_KEY, _identity(judgement)).select(
        "*",
        F.row_number().over(order).alias("rank_in_key"),
        F.lag(_CONTENT).over(order).alias("content_before"),
        F.first(place).over(order).alias("kept"),
    )
    return _name_duplicates(ranked, judgement.source.table.columns)


def _identity(judgement: Judgement) -> Column:
    """Return what makes a row one: its key, else its content; a bad row's is its place, so that nothing equals it."""
    content = F.concat(F.lit("content "), F.col(_CONTENT))
    key = content if judgement.key is None else F.coalesce(judgement.key, content)
    place = F.to_json(F.struct(INPUT_FILE, INPUT_ROW))
    good = F.col(RULE).isNull()
    return F.struct(good.alias("good"), F.when(good, key).otherwise(place).alias("value"))


def _name_duplicates(ranked: DataFrame, names: tuple[str, ...]) -> DataFrame:
    beaten = F.col("rank_in_key") > 1
    same = F.col(_CONTENT) == F.col("content_before")
    rule = F.when(beaten & same, DUPLICATE).when(beaten, CONFLICTING)
    kept = F.concat(F.col(f"kept.{INPUT_FILE}"), F.lit(":"), F.col(f"kept.{INPUT_ROW}").cast("string"))
    repeats = F.when(same, "repeats another row; ").otherwise("same key as another row, other content; ")
    why = F.when(beaten, F.concat(repeats, kept, F.lit(" is kept")))
    row = F.when(beaten, F.to_json(F.struct(*names)))
    repairs = [(F.col(name) & ~beaten).alias(name) for name in ranked.columns if name.startswith(REPAIR)]
    return ranked.select(
        *names,
        INPUT_FILE,
        INPUT_ROW,
        F.coalesce(RULE, rule).alias(RULE),
        F.coalesce(WHY, why).alias(WHY),
        F.coalesce(ROW, row).alias(ROW),
        *repairs,
    )
