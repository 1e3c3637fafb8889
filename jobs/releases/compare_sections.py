"""A comparison of two releases as sections of tables, for the terminal and for a page."""

from jobs.contract.release import Manifest
from jobs.releases.compare import ReleaseComparison
from jobs.releases.compare_rows import OVERLAP_K
from jobs.report.data import Section, TableView, number
from jobs.report.plots import interval_plot


def sections(found: ReleaseComparison) -> list[Section]:
    """Return every section; where something could not be read, the section says so."""
    return [
        _verdicts(found),
        _paired(found),
        _means(found),
        _sizes(found),
        _overlap(found),
        _settings(found),
        _seconds(found),
    ]


def _verdicts(found: ReleaseComparison) -> Section:
    rows = [
        [
            manifest.release_id,
            manifest.run_date,
            "publish" if manifest.verdict.publish else "block",
            "; ".join(manifest.verdict.reasons),
        ]
        for manifest in (found.a, found.b)
    ]
    reading = "What the gate said of each on its own night, and why; A is the first, B the second."
    table = TableView("Verdicts", ["release", "night of", "verdict", "reasons"], rows)
    return Section("verdicts", "Verdicts", reading, [], [table])


def _paired(found: ReleaseComparison) -> Section:
    title = "Accuracy on the same users"
    if not found.paired:
        why = found.missing.get("paired", "No user was judged in both nights at the same cut-off.")
        return Section("paired", title, "", missing=why)
    k, n_users = found.paired[0].k, max(row.n_users for row in found.paired)
    ordered = sorted(found.paired, key=lambda row: (row.system != "ranked", row.system))
    reading = (
        f"NDCG@{k} of the {n_users:,} users that both nights judged, each on its own night's held-out events, and the "
        "difference B - A with its paired 95% bootstrap interval. An interval that holds 0 means that chance may "
        "explain the difference."
    )
    rows = [
        [
            row.system,
            number(row.a),
            number(row.b),
            f"{row.difference:+.4f}",
            f"{row.ci_low:+.4f} to {row.ci_high:+.4f}",
            number(row.n_users),
        ]
        for row in ordered
    ]
    drawn = [(row.system, {"value": row.difference, "ci_low": row.ci_low, "ci_high": row.ci_high}) for row in ordered]
    table = TableView(f"NDCG@{k}", ["system", "A", "B", "B - A", "95% interval", "users"], rows)
    return Section("paired", title, reading, [interval_plot("paired", f"NDCG@{k}, B - A", drawn, 0.0)], [table])


def _means(found: ReleaseComparison) -> Section:
    names = dict.fromkeys(
        (system, metric) for one in (found.a, found.b) for system, own in one.metrics.items() for metric in own
    )
    if not names:
        return Section("means", "Every metric", "", missing="Nobody was judged in either night.")
    ordered = sorted(names, key=lambda name: (name[0] != "ranked", name[0]))
    rows = []
    for system, metric in ordered:
        a, b = _metric(found.a, system, metric), _metric(found.b, system, metric)
        difference = "–" if a is None or b is None else f"{b - a:+.4f}"
        rows.append([system, metric, number(a), number(b), difference])
    reading = (
        "Each night's own means over everybody it judged. The two nights' users may differ, so a difference here has "
        "no interval: the table before this one has."
    )
    table = TableView("Means", ["system", "metric", "A", "B", "B - A"], rows)
    return Section("means", "Every metric", reading, [], [table])


def _sizes(found: ReleaseComparison) -> Section:
    rows = []
    for kind, counts in (("users", found.users), ("items", found.items)):
        own, other = found.a.counts[kind], found.b.counts[kind]
        changes = [number(counts.added), number(counts.gone)] if counts else ["–", "–"]
        rows.append([kind, number(own), number(other), *changes])
    whys = [found.missing[kind] for kind in ("users", "items") if kind in found.missing]
    reading = " ".join(["Users with a list and items of each release; added are in B alone, gone in A alone.", *whys])
    return Section(
        "sizes", "Users and items", reading, [], [TableView("Counts", ["", "A", "B", "added", "gone"], rows)]
    )


def _overlap(found: ReleaseComparison) -> Section:
    title, overlap = "Lists", found.overlap
    if not overlap or not overlap.n_users:
        why = found.missing.get("overlap", "No user has a list in both releases.")
        return Section("overlap", title, "", missing=why)
    reading = (
        f"Of users with a list in both: the mean share of common items among all items of both first {OVERLAP_K} "
        "(Jaccard; 1 = the same items), and how many got the same items in the same order."
    )
    rows = [[f"{overlap.n_users:,}", number(overlap.jaccard), f"{overlap.equal or 0.0:.1%}"]]
    table = TableView("Overlap", ["users looked at", f"mean Jaccard@{OVERLAP_K}", "equal lists"], rows)
    return Section("overlap", title, reading, [], [table])


def _settings(found: ReleaseComparison) -> Section:
    code = [["code", found.a.code_version, found.b.code_version]] * (found.a.code_version != found.b.code_version)
    rows = code + [[name, *("–" if value is None else value for value in values)] for name, *values in found.settings]
    if not rows:
        return Section("settings", "Settings", "", missing="Code and settings are the same.")
    reading = "Settings that differ; a dash means that a release's code did not know the setting."
    return Section("settings", "Settings", reading, [], [TableView("Differences", ["setting", "A", "B"], rows)])


def _seconds(found: ReleaseComparison) -> Section:
    if not found.seconds:
        return Section("seconds", "Time", "", missing="Neither run's reports are kept any more.")
    rows = [[stage, number(a, 1), number(b, 1)] for stage, a, b in found.seconds]
    reading = "Wall clock of each stage, in seconds; a dash where a run's report is not kept any more."
    return Section("seconds", "Time", reading, [], [TableView("Stages", ["stage", "A", "B"], rows)])


def _metric(manifest: Manifest, system: str, metric: str) -> float | None:
    return manifest.metrics.get(system, {}).get(metric)
