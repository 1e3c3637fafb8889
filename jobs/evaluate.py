"""Judge the backtest's lists on the held-out events, with intervals, and say whether the release may be announced.

Cost: one join of lists and targets, and a few passes over the judged users' lists and candidates; a row a judged user
and system is collected (at most ``evaluate.max_users``), and the catalogue. Memory beside it: an embedding a
recommended item. Logged feedback, where there is any, is aggregated once and a bounded sample of it collected.
"""

from dataclasses import asdict
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import spark_io
from jobs.candidates.users import held_out_users
from jobs.contract import tables
from jobs.contract.errors import DatasetError
from jobs.contract.run import Run
from jobs.contract.tables import FOLD, USER_ID, Fold
from jobs.evaluation.earlier_nights import earlier_nights
from jobs.evaluation.judge_run import judge_run
from jobs.evaluation.night_verdict import verdict
from jobs.evaluation.results import group_gaps, headline, record
from jobs.evaluation.targets import targets
from jobs.evaluation.unseen_feedback import ctr_of_judged
from jobs.evaluation.user_groups import user_groups
from jobs.interactions.aggregate import merge_parts
from jobs.interactions.folds import judged_fold, trained_on

READS = (
    "ranked",
    "ranked_variants",
    "candidates",
    "interactions",
    "item_embeddings",
    "validated_events",
    "validated_items",
    "validated_users",
    "CURRENT",
)
WRITES = ("evaluation", "evaluation_users", "evaluation_groups")


def run(spark: SparkSession, run: Run) -> dict[str, Any]:
    """Write the three tables of the evaluation; report the headline, what was left out, click-through, and the verdict.

    Raises:
        DatasetError: If a protocol has nobody to judge; a night then says so in its verdict.
    """
    settings = run.settings
    fold = judged_fold(settings.split)
    ranked, parted = spark_io.read(spark, run, tables.RANKED), spark_io.read(spark, run, tables.INTERACTIONS)
    held, left_out = targets(parted, settings.split)
    scored = held_out_users(parted, fold, settings)
    wanted = held.join(scored, on=USER_ID, how="left_semi").persist()
    trained = merge_parts(parted, trained_on(fold, settings.split)).persist()
    judged, exposure = judge_run(spark, run, parted, wanted, trained)
    if not judged.user_ids and settings.split.protocol != "night":
        raise DatasetError(f"Nothing to judge: no user has a test item that counts (left out: {left_out}).")
    groups = user_groups(spark_io.read(spark, run, tables.VALIDATED_USERS), trained, wanted.select(USER_ID).distinct())
    recorded = record(judged, exposure, groups, settings)
    spark_io.write(spark.createDataFrame(recorded.means, tables.EVALUATION.ddl), run, tables.EVALUATION)
    spark_io.write(spark.createDataFrame(recorded.users, tables.EVALUATION_USERS.ddl), run, tables.EVALUATION_USERS)
    spark_io.write(spark.createDataFrame(recorded.groups, tables.EVALUATION_GROUPS.ddl), run, tables.EVALUATION_GROUPS)
    lists = ranked.where(F.col(FOLD) == fold.value).select(USER_ID, "item_ids")
    events, by_type = spark_io.read(spark, run, tables.VALIDATED_EVENTS), run.report("validate")["event_types"]
    is_night = settings.split.protocol == "night"
    nights = earlier_nights(run) if is_night else []
    return {
        "protocol": settings.split.protocol,
        "n_users": len(judged.user_ids),
        "n_items": run.report("generate_candidates")[Fold.FINAL.value]["eligible_items"],
        "left_out": left_out,
        "headline": headline(recorded),
        "group_gaps": group_gaps(recorded),
        "earlier_nights": [asdict(night) for night in nights],
        "ctr": ctr_of_judged(events, by_type, lists, trained, settings),
        "verdict": verdict(run, ranked, judged, recorded, nights) if is_night else None,
    }


if __name__ == "__main__":
    from jobs.stage import main

    main("evaluate")
