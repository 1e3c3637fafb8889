"""How many rows of a table came in, stayed, were mended, and broke which rule."""

from dataclasses import asdict, dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.contract.tables import INPUT_FILE, INPUT_ROW
from jobs.validation.judged_rows import DUPLICATE, REPAIR, RULE, WHY
from jobs.validation.time_rules import AFTER_RUN_DATE

_NOT_BAD = (DUPLICATE, AFTER_RUN_DATE)


@dataclass(frozen=True)
class TableCounts:
    """Counts of one table.

    Attributes:
        rows_in: Rows read.
        valid: Rows kept.
        quarantined: Rule -> rows, most first.
        repaired: Repair -> rows that were kept and mended so; only those that happened.
    """

    rows_in: int
    valid: int
    quarantined: dict[str, int]
    repaired: dict[str, int]

    @property
    def bad_by_rule(self) -> dict[str, int]:
        """Rule -> quarantined rows that count as bad, most first.

        Exact duplicates lose nothing, and rows after the run date are a later run's good rows: neither counts.
        """
        return {rule: count for rule, count in self.quarantined.items() if rule not in _NOT_BAD}

    @property
    def bad(self) -> int:
        """Quarantined rows that count as bad."""
        return sum(self.bad_by_rule.values())

    @property
    def after_run_date(self) -> int:
        """Quarantined rows that are only too late for the run's date."""
        return self.quarantined.get(AFTER_RUN_DATE, 0)

    @property
    def bad_share(self) -> float:
        """Bad rows of all rows; 0 for an empty table."""
        return self.bad / self.rows_in if self.rows_in else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the counts for a report."""
        return asdict(self)


@dataclass(frozen=True)
class Example:
    """One bad row: where it stands, the rule it broke, and why."""

    rule: str
    place: str
    why: str


def count_rows(judged: DataFrame) -> TableCounts:
    """Return the counts of a judged table; one aggregation, whose result has one row a rule."""
    repairs = [name for name in judged.columns if name.startswith(REPAIR)]
    sums = [F.sum(F.col(name).cast("bigint")).alias(name) for name in repairs]
    by_rule = {row[RULE]: row for row in judged.groupBy(RULE).agg(F.count(F.lit(1)).alias("n_rows"), *sums).collect()}
    valid = by_rule.pop(None, None)
    quarantined = {rule: by_rule[rule]["n_rows"] for rule in sorted(by_rule, key=lambda r: (-by_rule[r]["n_rows"], r))}
    repaired = {name.removeprefix(REPAIR): valid[name] for name in repairs if valid and valid[name]}
    n_valid = valid["n_rows"] if valid else 0
    return TableCounts(n_valid + sum(quarantined.values()), n_valid, quarantined, repaired)


def example_rows(judged: DataFrame, rule: str, k: int) -> list[Example]:
    """Return the first ``k`` rows in the input that broke ``rule``."""
    broken = judged.where(F.col(RULE) == rule).orderBy(INPUT_FILE, INPUT_ROW).limit(k)
    rows = broken.select(INPUT_FILE, INPUT_ROW, WHY).collect()
    return [Example(rule, f"{row[INPUT_FILE]}:{row[INPUT_ROW]}", row[WHY]) for row in rows]
