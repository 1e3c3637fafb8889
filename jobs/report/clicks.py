"""Section on the click-through rate that the lists would have had, from logged feedback."""

from jobs.report.data import ReportData, Section, TableView, interval, number
from jobs.report.plots import interval_plot

_NAMES = {
    "ips": "IPS: clicks, each weighed by how much likelier the lists make it",
    "snips": "SNIPS: the same, weights scaled to mean 1",
    "dr": "DR: a click model's guess, mended by the weighted rest",
}


def click_through(data: ReportData) -> Section:
    """Return the estimates with their intervals, or why there are none."""
    title, found = "Click-through", data.stages.get("evaluate", {}).get("ctr")
    if not found or "stepped_aside" in found:
        why = (found or {}).get("stepped_aside", "click-through rates were not estimated in this run")
        return Section("ctr", title, "", missing=f"{why[0].upper()}{why[1:]}.")
    estimates = list(found["estimates"].items())
    if not estimates:
        return Section("ctr", title, "", missing=" ".join(found["notes"]))
    reading = (
        f"What share of the logged places would be clicked if the lists' first {found['k']} stood there, from "
        f"{number(found['n'])} impressions that the lists did not learn from, worth {found['effective_n']:,.0f} of "
        "their own (effective sample size). Where the three differ, or that size is small, the log knows too little."
    )
    rows = [[_NAMES.get(name, name), f"{one['value']:.5f}", interval(one)] for name, one in estimates]
    figure = interval_plot("ctr", "click-through rate", [(name.upper(), one) for name, one in estimates])
    tables = [TableView("Click-through rate", ["estimate", "value", "95% interval"], rows)]
    if found["notes"]:
        tables.append(TableView("To bear in mind", ["note"], [[note] for note in found["notes"]]))
    return Section("ctr", title, reading, [figure], tables)
