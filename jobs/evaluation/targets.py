"""What each user's list is held against, and what had to be left out."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.settings import Split
from jobs.contract.tables import ITEM_ID, PART, USER_ID, Part
from jobs.interactions.aggregate import liked_pairs
from jobs.interactions.folds import judged_fold, trained_on

_PAIR = [USER_ID, ITEM_ID]


def targets(parted: DataFrame, split: Split) -> tuple[DataFrame, dict[str, int]]:
    """Return (user_id, item_id) of the test items that count, and counts of those left out.

    In the night every liked test item of a known user counts, repeats too: whether they may be recommended is what is
    judged. A protocol leaves out repeats of a training pair, and users and items unseen in training; ``cold_items``
    keeps the items, which are its point.
    """
    trained = parted.where(F.col(PART).isin([part.value for part in trained_on(judged_fold(split), split)]))
    test = liked_pairs(parted, Part.TEST)
    known_user = trained.where(F.col("weight") > 0).select(USER_ID, F.lit(True).alias("known_user")).distinct()
    known_item = trained.select(ITEM_ID, F.lit(True).alias("known_item")).distinct()
    repeated = trained.select(*_PAIR, F.lit(True).alias("repeated")).distinct()
    marked = (
        test.join(known_user, on=USER_ID, how="left")
        .join(known_item, on=ITEM_ID, how="left")
        .join(repeated, on=_PAIR, how="left")
        .select(
            *_PAIR,
            F.col("known_user").isNull().alias("unknown_user"),
            (F.col("known_item").isNull() & F.lit(split.protocol not in ("night", "cold_items"))).alias("unknown_item"),
            (F.col("repeated").isNotNull() & F.lit(split.protocol != "night")).alias("repeated"),
        )
        .persist()
    )
    counts = marked.agg(*(F.coalesce(F.sum(F.col(name).cast("int")), F.lit(0)) for name in marked.columns[2:])).first()
    left_out = dict(zip(marked.columns[2:], counts or (), strict=True))
    return marked.where(~(F.col("unknown_user") | F.col("unknown_item") | F.col("repeated"))).select(*_PAIR), left_out
