"""What a report is made of: everything in it is already counted, so that a page is a pure function of this."""

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class ReportData:
    """One night's or one protocol's results.

    Attributes:
        title: Of the page.
        facts: (label, value) of what the report is about, in order.
        k: The cut-off that choices are made at.
        evaluation: Rows of table ``evaluation``: system, metric, value, ci_low, ci_high, n_users.
        groups: Rows with attribute, group, system, metric, value, ci_low, ci_high, n_users; a group "gap" is the
            difference between the attribute's groups.
        stages: Stage -> its report, of the stages that finished.
        settings: Without secrets.
        calibration: From ``jobs.report.calibration``; empty where nobody was judged.
        popularity: From ``jobs.report.popularity``; empty where nobody got a list.
    """

    title: str
    facts: list[tuple[str, str]]
    k: int
    evaluation: list[Row]
    groups: list[Row] = field(default_factory=list)
    stages: dict[str, Row] = field(default_factory=dict)
    settings: Row = field(default_factory=dict)
    calibration: list[Row] = field(default_factory=list)
    popularity: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class TableView:
    """A table as it is shown.

    Attributes:
        caption: What its rows are.
        columns: Headings.
        rows: Texts; the first of each row is its heading.
        folded: Whether it is shown only when opened.
    """

    caption: str
    columns: list[str]
    rows: list[list[str]]
    folded: bool = False


@dataclass(frozen=True)
class Section:
    """One part of a page.

    Attributes:
        name: Anchor.
        title: Heading.
        reading: Sentences that say how to read it.
        figures: Inline SVG, already escaped.
        tables: Beside the figures.
        missing: Why there is nothing to show, instead of figures and tables.
    """

    name: str
    title: str
    reading: str
    figures: list[str] = field(default_factory=list)
    tables: list[TableView] = field(default_factory=list)
    missing: str = ""


def metric_rows(rows: list[Row], metric: str) -> list[Row]:
    """Return the rows of one metric in their own order."""
    return [row for row in rows if row["metric"] == metric]


def family(metric: str) -> str:
    """Return a metric's name without its cut-off: "ndcg" of "ndcg@10"."""
    return metric.partition("@")[0]


def number(value: float | None, digits: int = 4) -> str:
    """Return a figure as it is shown: a dash for none, thousands apart, a decimal or ``digits`` of them below 100."""
    if value is None or value != value:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.{digits}f}"


def interval(row: Row) -> str:
    """Return "low to high" of a row's 95% interval, a dash without one."""
    low, high = number(row["ci_low"]), number(row["ci_high"])
    return low if low == "–" else f"{low} to {high}"
