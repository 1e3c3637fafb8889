from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.contract.settings import Validate
from jobs.dataset.contract_rows import raw_ddl
from jobs.dataset.source import Source
from jobs.dataset.tables import SOCIAL, USERS
from jobs.validation.judged_rows import judge_rows
from jobs.validation.pair_rules import social_judgement, user_judgement
from jobs.validation.table_counts import TableCounts, count_rows

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OK = (False, None, None, None, None)


def source(table) -> Source:
    return Source(table, "csv", Path("/d"), (), {name: name for name in table.columns}, timezone="UTC")


@pytest.mark.parametrize("flipped", [False, True])
def test_of_two_users_the_fuller_row_stays_whatever_their_order(spark, flipped):
    rows = [("u", None, "a.csv", 1, *OK), ("u", {"age": "3"}, "a.csv", 2, *OK), ("v", None, "a.csv", 3, *OK)]
    raw_rows = spark.createDataFrame(rows[::-1] if flipped else rows, raw_ddl(USERS))
    judged = judge_rows(raw_rows, user_judgement(source(USERS), Validate()))
    found = sorted((row.input_row, row.rule, row.why) for row in judged.collect())
    assert found == [
        (1, "conflicting_duplicate", "same key as another row, other content; a.csv:2 is kept"),
        (2, None, None),
        (3, None, None),
    ]


def test_a_bad_row_is_nobodys_duplicate(spark):
    rows = [(None, None, "a.csv", 1, *OK), (None, None, "a.csv", 2, *OK)]
    judged = judge_rows(spark.createDataFrame(rows, raw_ddl(USERS)), user_judgement(source(USERS), Validate()))
    counts = count_rows(judged)
    assert (counts.quarantined, counts.bad, counts.bad_share) == ({"missing_user_id": 2}, 2, 1.0)


def test_exact_duplicates_do_not_count_as_bad(spark):
    rows = [("u", "v", "2025-01-01", "a.csv", 1, *OK), ("u", "v", "2025-01-01", "a.csv", 2, *OK),
            ("u", "v", "2024-01-01", "a.csv", 3, *OK)]  # fmt: skip
    judgement = social_judgement(source(SOCIAL), Validate(), NEW_YEAR, NEW_YEAR)
    counts = count_rows(judge_rows(spark.createDataFrame(rows, raw_ddl(SOCIAL)), judgement))
    assert counts.quarantined == {"conflicting_duplicate": 1, "duplicate": 1}
    assert (counts.rows_in, counts.valid, counts.bad) == (3, 1, 1)


def test_neither_exact_duplicates_nor_later_rows_are_bad():
    counts = TableCounts(10, 3, {"after_run_date": 4, "missing_user_id": 2, "duplicate": 1}, {})
    assert (counts.bad_by_rule, counts.bad, counts.bad_share) == ({"missing_user_id": 2}, 2, 0.2)
    assert counts.after_run_date == 4
