"""Sections on the lists themselves: whom popularity favours, and what a score is worth."""

from jobs.report.data import ReportData, Section, TableView, interval, number
from jobs.report.plots import calibration_plot, popularity_plot


def popularity(data: ReportData) -> Section:
    """Return where lists lie among the items by popularity, beside the same users' histories."""
    title = "Popularity bias"
    if not data.popularity:
        return Section("popularity", title, "", missing="No judged user has both a list and a history.")
    reading = (
        "Items are parted into tenths by how many users took them in training. Hatched: where the judged users' own "
        f"history lies; filled: where the first {data.k} of their lists lie. Lists that stand much higher than "
        "histories on the right push what is popular anyway; equal bars follow the users' own taste."
    )
    rows = [
        [str(row["decile"]), f"{row['share_of_history']:.1%}", f"{row['share_of_lists']:.1%}"]
        for row in data.popularity
    ]
    table = TableView("By tenth of the items", ["tenth", "of histories", "of lists"], rows)
    return Section("popularity", title, reading, [popularity_plot("popularity", data.popularity)], [table])


def calibration(data: ReportData) -> Section:
    """Return the share of hits by tenth of the ranker's score."""
    title = "Calibration"
    if not data.calibration:
        return Section("calibration", title, "", missing="Nobody was judged, so no score can be held against hits.")
    reading = (
        "Every recommended item of a sample of judged users, in tenths by the ranker's score: the share that the user "
        "took in the held-out events, with its 95% interval. A line that rises throughout means that a higher score is "
        "worth more; the dashed line is the share over all of them. Scores order items and are no probabilities, so "
        "only the shape counts."
    )
    rows = [
        [str(row["bin"]), number(row["mean_score"]), number(row["hit_share"]), interval(row), number(row["n"])]
        for row in data.calibration
    ]
    table = TableView("By tenth of the score", ["part", "mean score", "share of hits", "95% interval", "items"], rows)
    return Section("calibration", title, reading, [calibration_plot("calibration", data.calibration)], [table])
