"""When too much of a table is bad, and what to say then."""

from jobs.contract.errors import MAX_EXAMPLES, DatasetError
from jobs.validation.judged_dataset import JudgedTable
from jobs.validation.table_counts import Example, example_rows


def check_bad_share(judged: dict[str, JudgedTable], max_bad_share: float, quarantine: str) -> None:
    """Refuse a dataset of which a table has more bad rows than the limit.

    Args:
        judged: All tables.
        max_bad_share: ``validate.max_bad_share``.
        quarantine: Where all bad rows can be read, for the error.

    Raises:
        DatasetError: With every rule, share and count of the first such table, five rows, and both ways out.
    """
    for name, table in judged.items():
        if table.counts.bad_share > max_bad_share:
            raise DatasetError(_explain(name, table, max_bad_share, quarantine))


def first_examples(table: JudgedTable) -> list[Example]:
    """Return five bad rows, in turn from each rule that counts, the most frequent rule first."""
    rules = list(table.counts.bad_by_rule)[:MAX_EXAMPLES]
    by_rule = [example_rows(table.rows, rule, MAX_EXAMPLES) for rule in rules]
    in_turn = [rows[i] for i in range(MAX_EXAMPLES) for rows in by_rule if i < len(rows)]
    return sorted(in_turn[:MAX_EXAMPLES], key=lambda example: rules.index(example.rule))


def _explain(name: str, table: JudgedTable, max_bad_share: float, quarantine: str) -> str:
    counts = table.counts
    rules = ", ".join(f"{rule} {count / counts.rows_in:.1%} ({count:,})" for rule, count in counts.bad_by_rule.items())
    rows = "; ".join(f"{example.place} {example.why}" for example in first_examples(table))
    return (
        f"Table {name}: {counts.bad:,} of {counts.rows_in:,} rows are bad, {counts.bad_share:.1%}; "
        f"the limit is {max_bad_share:.1%} (validate.max_bad_share). By rule: {rules}. For instance: {rows}. "
        f"All of them lie in {quarantine}. "
        f"Mend the rows, or raise the limit: nightshelf run --max-bad-share {_enough(counts.bad_share)}."
    )


def _enough(share: float) -> float:
    """Return the next tenth that lets the share pass, at least a half."""
    return max(0.5, min(1.0, (int(share * 10) + 1) / 10))
