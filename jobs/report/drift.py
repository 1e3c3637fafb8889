"""The section on drift: what earlier nights' lists reached, and this night's."""

from typing import Any

from jobs.report.data import ReportData, Section, TableView, number
from jobs.report.plots import bar_plot

_METRICS = ("ndcg", "coverage", "gini", "arp")


def drift(data: ReportData) -> Section:
    """Return the lists' accuracy, coverage, exposure, popularity and group gaps night by night."""
    title = "Over the nights"
    judged = data.stages.get("evaluate", {})
    earlier = [(night["run_date"], night["metrics"]) for night in judged.get("earlier_nights", ())]
    if not earlier:
        return Section("drift", title, "", missing="No earlier night was found good, so there is nothing to compare.")
    nights = [*earlier, ("this night", judged["headline"])]
    metrics = [f"{name}@{data.k}" for name in _METRICS]
    accuracy = [(day, reached[metrics[0]]) for day, reached in nights if metrics[0] in reached]
    reading = (
        "Each night's lists in its own backtest, oldest first; only nights that their verdict let through. Users and "
        "data differ from night to night, so look for a trend and not at a single step."
    )
    rows = [[day, *(number(reached.get(metric)) for metric in metrics)] for day, reached in nights]
    figures = [bar_plot("drift", metrics[0], accuracy)] if accuracy else []
    tables = [TableView("Night by night", ["night", *metrics], rows), *_gaps(judged, metrics[0])]
    return Section("drift", title, reading, figures, tables)


def _gaps(judged: dict[str, Any], metric: str) -> list[TableView]:
    """Return the gap of every attribute that has one this night, night by night."""
    own: dict[str, float] = judged.get("group_gaps", {}).get(metric, {})
    nights = [(night["run_date"], night.get("gaps", {})) for night in judged["earlier_nights"]]
    if not own:
        return []
    rows = [[day, *(number(gaps.get(name)) for name in own)] for day, gaps in [*nights, ("this night", own)]]
    return [TableView("NDCG of the best served group less that of the worst", ["night", *own], rows)]
