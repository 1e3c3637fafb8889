"""A report as one HTML file: no script, nothing fetched, every text from data escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.report import accuracy, choices, clicks, drift, lists, stages
from jobs.report.data import ReportData, Section

_SECTIONS = (
    accuracy.accuracy,
    accuracy.ablation,
    accuracy.candidates,
    accuracy.beyond_accuracy,
    lists.popularity,
    lists.calibration,
    accuracy.groups,
    drift.drift,
    clicks.click_through,
    stages.training,
    choices.chosen,
    stages.sources,
    stages.dataset,
    stages.seconds,
    stages.settings,
)


def report_page(data: ReportData) -> str:
    """Return the report of one night or one protocol."""
    verdict = data.stages.get("evaluate", {}).get("verdict")
    return render(data.title, data.facts, verdict, [section(data) for section in _SECTIONS])


def render(title: str, facts: list[tuple[str, str]], verdict: dict[str, Any] | None, sections: list[Section]) -> str:
    """Return a page of sections.

    Args:
        title: Of the page.
        facts: (label, value) under the title.
        verdict: {"publish", "reasons"}, or None where none was given.
        sections: In order.
    """
    # Whatever the name, every text is escaped; figures are drawings of jobs.report.svg.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.j2")
    return page.render(title=title, facts=facts, verdict=verdict, sections=sections)
