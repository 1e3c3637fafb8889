"""Sections on what was measured: accuracy, what each part adds, what lies beyond accuracy, and groups of users."""

from jobs.report.data import ReportData, Row, Section, TableView, family, interval, metric_rows, number
from jobs.report.plots import interval_plot

_RANKED = "ranked"
_BEYOND = {
    "coverage": "share of the items that some list holds",
    "gini": "inequality of exposure, 0 = every item equally often",
    "arp": "mean training count of what is recommended",
    "ild": "mean difference of two items of a list, by their embeddings",
    "novelty": "mean -log2 of an item's share of the training events",
}
_CANDIDATES = "candidate_recall"
_GAP = "gap"
_MOST_DRAWN = 30
# Lists without any thought; popular is one only where it is no source, among items without events.
_BASELINES = ("random", "popular")


def accuracy(data: ReportData) -> Section:
    """Return every system's accuracy: the ranked lists first, then the sources' own and the baselines, best first."""
    whole = {_RANKED, *_BASELINES}
    compared = [row for row in data.evaluation if row["system"] in whole or row["system"].startswith("source/")]
    rows = [row for row in compared if family(row["metric"]) not in {*_BEYOND, _CANDIDATES}]
    rows = sorted(rows, key=lambda row: family(row["metric"]) != "ndcg")
    headline = _ordered(metric_rows(rows, f"ndcg@{data.k}"))
    reading = (
        f"Each line is one system's mean NDCG@{data.k} over the judged users with its 95% bootstrap interval; further "
        "right is better. The filled point is what is published, the hollow ones are each source's own lists, "
        "and random ones for comparison."
    )
    if not headline:
        return Section("accuracy", "Accuracy", "", missing="Nobody was judged: no user has enough events to hold out.")
    figure = interval_plot("accuracy", f"NDCG@{data.k}", [(row["system"], row) for row in headline])
    systems = [row["system"] for row in headline]
    return Section("accuracy", "Accuracy", reading, [figure], [_wide("Means", rows, systems), _long(rows)])


def ablation(data: ReportData) -> Section:
    """Return what the lists reach without one source or one rule, and each source alone."""
    every = metric_rows(data.evaluation, f"ndcg@{data.k}")
    own = next((row for row in every if row["system"] == _RANKED), None)
    parts = sorted((row for row in every if row["system"].startswith("without")), key=lambda row: row["value"])
    if not own or not parts:
        why = (
            "The lists were not ranked again without each source or rule in this run: there is but one source, or a "
            "night judged more users than evaluate.night_ablation_users. `nightshelf evaluate` always does."
        )
        return Section("ablation", "What each part adds", "", missing=why)
    reading = (
        f"NDCG@{data.k} when one part is left out; the dashed line is the published lists. Left of it: lists are worse "
        "without that part, so it earns its place; right of it: it costs accuracy, as a rule made for another end may. "
        "Each interval is that row's own; all rows share their users, so differences are surer than overlaps suggest. "
        "In a night a source left out is missing as if it had stepped aside; `nightshelf evaluate` also chooses the "
        "ranker anew."
    )
    named = [(row["system"], row) for row in (own, *parts)]
    figure = interval_plot("ablation", f"NDCG@{data.k}", named, own["value"])
    sources = [row for row in every if row["system"].startswith("source/")]
    alone = {row["system"].replace("source/", "without/", 1): row["value"] for row in sources}
    rows = [
        [
            row["system"],
            number(row["value"]),
            interval(row),
            f"{row['value'] - own['value']:+.4f}",
            number(alone.get(row["system"])),
        ]
        for row in (own, *parts)
    ]
    columns = ["lists", f"ndcg@{data.k}", "95% interval", "against ranked", "that source alone"]
    return Section("ablation", "What each part adds", reading, [figure], [TableView("Left out", columns, rows)])


def candidates(data: ReportData) -> Section:
    """Return how much of what users took is among the candidates at all."""
    rows = [row for row in data.evaluation if family(row["metric"]) == _CANDIDATES]
    if not rows:
        why = "Candidate recall was not measured in this run."
        return Section("candidates", "What the candidates reach", "", missing=why)
    metric = rows[0]["metric"]
    best = sorted(rows, key=lambda row: (row["system"] != "union", -row["value"]))
    reading = (
        "The share of the held-out items that a source's candidates hold. No ranker can do better than the union: "
        "where it is low, better sources help; where it is high and accuracy is low, a better ranker does."
    )
    figure = interval_plot("candidates", metric, [(row["system"], row) for row in best])
    table = TableView("Candidate recall", ["system", "metric", "value", "95% interval", "users"], _cells(best))
    return Section("candidates", "What the candidates reach", reading, [figure], [table])


def beyond_accuracy(data: ReportData) -> Section:
    """Return coverage, exposure, popularity, variety and novelty of the lists."""
    # What each source adds is a question of accuracy; a rule is often made for what lies beyond it.
    told = [row for row in data.evaluation if not row["system"].startswith("without/")]
    rows = [row for row in told if family(row["metric"]) in _BEYOND]
    if not rows:
        why = "Coverage, exposure, variety and novelty were not measured in this run."
        return Section("beyond", "Beyond accuracy", "", missing=why)
    meanings = "; ".join(f"{name}: {meaning}" for name, meaning in _BEYOND.items())
    reading = f"Read down a column: {meanings}. None is better at an extreme; compare the ranked lists with a source's."
    metrics = list(dict.fromkeys(row["metric"] for row in rows if family(row["metric"]) in ("coverage", "gini")))
    figures = [
        interval_plot(
            f"beyond-{family(metric)}", metric, [(row["system"], row) for row in _ordered(metric_rows(rows, metric))]
        )
        for metric in metrics
    ]
    systems = list(dict.fromkeys(row["system"] for row in _ordered(rows)))
    return Section("beyond", "Beyond accuracy", reading, figures, [_wide("By system", rows, systems)])


def groups(data: ReportData) -> Section:
    """Return the ranked lists' accuracy by group of users, and the gaps between groups."""
    rows = [row for row in metric_rows(data.groups, f"ndcg@{data.k}") if row["system"] == _RANKED]
    if not rows:
        why = "No groups of users were judged: users carry no attributes, or too few were judged in each group."
        return Section("groups", "Groups of users", "", missing=why)
    reading = (
        f"Mean NDCG@{data.k} of the ranked lists by group, a drawing an attribute. Groups whose intervals do not "
        "overlap are served differently. The row gap is the best served group's mean less the worst's; small groups, "
        "and many of them, make a gap by chance alone, so look at its interval and at the users."
    )
    figures = []
    attributes = list(dict.fromkeys(row["attribute"] for row in rows))
    for place, attribute in enumerate(attributes):
        own = [row for row in rows if row["attribute"] == attribute and row["group"] != _GAP][:_MOST_DRAWN]
        if own:
            named = [(f"{attribute}: {row['group']}", row) for row in own]
            figures.append(interval_plot(f"groups-{place}", f"NDCG@{data.k}", named))
    cells = [
        [f"{row['attribute']}: {row['group']}", number(row["value"]), interval(row), number(row["n_users"])]
        for row in rows
    ]
    table = TableView("By group", ["group", f"ndcg@{data.k}", "95% interval", "users"], cells)
    return Section("groups", "Groups of users", reading, figures, [table])


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["system"] != _RANKED, -row["value"]))


def _wide(caption: str, rows: list[Row], systems: list[str]) -> TableView:
    """Return a row a system and a column a metric."""
    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    values = {(row["system"], row["metric"]): row["value"] for row in rows}
    cells = [[system, *(number(values.get((system, metric))) for metric in metrics)] for system in systems]
    return TableView(caption, ["system", *metrics], cells)


def _long(rows: list[Row]) -> TableView:
    return TableView(
        "Every value with its interval",
        ["system", "metric", "value", "95% interval", "users"],
        _cells(rows),
        folded=True,
    )


def _cells(rows: list[Row]) -> list[list[str]]:
    return [[row["system"], row["metric"], number(row["value"]), interval(row), number(row["n_users"])] for row in rows]
