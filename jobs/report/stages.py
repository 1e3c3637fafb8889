"""Sections on how the lists were made: the data, the training, the sources and the time each stage took."""

import json

from jobs.contract.tables import Fold
from jobs.report.data import ReportData, Row, Section, TableView, number
from jobs.report.plots import bar_plot, curve_plot

_STOPPED = {
    "patience": "validation no longer rose",
    "epochs": "all planned epochs were done",
    "time": "its time was up",
}


def training(data: ReportData) -> Section:
    """Return the sequence model's curves, a line a fold."""
    title, report = "Training", data.stages.get("train_sequence")
    folds = [fold.value for fold in Fold if (report or {}).get(fold.value, {}).get("curve")]
    if not report or not folds:
        why = (report or {}).get("stepped_aside", "the stage did not run")
        return Section("training", title, "", missing=f"The sequence model was not trained: {why}.")
    reading = (
        "Loss is the mean negative log-likelihood of the next item; lower fits the training data better. Validation "
        "NDCG decides which epoch is kept: while it rises the model still learns what holds for others, once it falls "
        "it only learns by heart. The final fold trains on all data for as many epochs, with nothing to validate on. "
        "Of several models, whose scores are added, the curve is the first one's."
    )
    rows = [_training_row(fold, report[fold]) for fold in folds]
    table = TableView(
        "Folds", ["fold", "models", "users", "epochs kept", "epochs", "best NDCG", "last loss", "stopped since"], rows
    )
    return Section(
        "training", title, reading, [curve_plot("training", {fold: report[fold]["curve"] for fold in folds})], [table]
    )


def sources(data: ReportData) -> Section:
    """Return each source's weight in the ranking, and which stepped aside and why."""
    title, generated, ranked = "Sources", data.stages.get("generate_candidates"), data.stages.get("rank_candidates")
    if not generated or not ranked:
        return Section("sources", title, "", missing="The stages that generate and rank candidates have not reported.")
    weights = {source: float(weight) for source, weight in (ranked.get("weights") or {}).items()}
    ran = generated["final"]["sources"]
    of_scores = ranked.get("weights_of_scores") or {}
    rows = [[source, number(weights.get(source)), number(of_scores.get(source)), "ran"] for source in ran]
    rows += [[source, "–", "–", f"stepped aside: {why}"] for source, why in generated["final"]["stepped_aside"].items()]
    figures = [bar_plot("sources", "weight", sorted(weights.items(), key=lambda pair: -pair[1]))] if weights else []
    how = ranked.get("validation") or {}
    chosen = f" On validation it reached NDCG {number(how['ndcg'])}." if "ndcg" in how else ""
    unchosen = f" Weights were not chosen on validation: {how['why']}." if "why" in how else ""
    what = "How much each source's word counts in the ranking; a source of weight 0 gives nothing to the lists."
    reading = f"{what}{chosen}{unchosen}"
    return Section(
        "sources",
        title,
        reading,
        figures,
        [TableView("Sources", ["source", "weight", "of it by score", "state"], rows)],
    )


def dataset(data: ReportData) -> Section:
    """Return what came in, what stayed, and what was held out or left out."""
    title, report = "Data", data.stages.get("validate")
    if not report or "tables" not in report:
        return Section("data", title, "", missing="The stage that validates the dataset has not reported its counts.")
    reading = (
        "Rows read, kept, and put aside with the rule they broke; a rule that takes many rows is worth a look at its "
        "quarantine. Below: the pairs of user and item that were learnt from, chosen on and judged on."
    )
    rows = [
        [
            name,
            number(table["rows_in"]),
            number(table["valid"]),
            _rules(table["quarantined"]),
            _rules(table["repaired"]),
        ]
        for name, table in report["tables"].items()
    ]
    tables = [TableView("Tables", ["table", "rows read", "kept", "put aside", "mended"], rows)]
    pairs = data.stages.get("split_events", {}).get("pairs", {})
    left_out = data.stages.get("evaluate", {}).get("left_out", {})
    parts = [[name, number(count)] for name, count in pairs.items()]
    parts += [[f"left out of the test: {name.replace('_', ' ')}", number(count)] for name, count in left_out.items()]
    if parts:
        tables.append(TableView("Pairs", ["part", "pairs"], parts))
    return Section("data", title, reading, [], tables)


def seconds(data: ReportData) -> Section:
    """Return the wall clock of every stage that has finished."""
    timed = [(name, report["seconds"]) for name, report in data.stages.items() if "seconds" in report]
    title = "Time"
    if not timed:
        return Section("seconds", title, "", missing="No stage has reported its time.")
    reading = f"Wall clock of each stage in running order, {number(sum(s for _, s in timed), 1)} s together."
    table = TableView("Stages", ["stage", "seconds"], [[name, number(float(value), 1)] for name, value in timed])
    return Section("seconds", title, reading, [bar_plot("seconds", "seconds", timed)], [table])


def settings(data: ReportData) -> Section:
    """Return every setting, folded away."""
    rows = [[name, value] for name, value in flat_settings(data.settings).items()]
    if not rows:
        return Section("settings", "Settings", "", missing="The settings were not kept.")
    reading = "What this was run with, secrets left out; open the table to read them."
    return Section(
        "settings", "Settings", reading, [], [TableView("All settings", ["setting", "value"], rows, folded=True)]
    )


def flat_settings(values: Row, prefix: str = "") -> dict[str, str]:
    """Return settings by their dotted name, values as JSON."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, dict) and value:
            flat |= flat_settings(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = json.dumps(value, ensure_ascii=False)
    return flat


def _training_row(fold: str, report: Row) -> list[str]:
    curve, stopped = report["curve"], str(report["stopped"])
    return [
        fold,
        number(1 + len(report.get("further", ()))),
        number(report["sequences"]),
        number(report["epochs"]),
        number(len(curve)),
        number(report["ndcg"]),
        number(curve[-1]["loss"]),
        _STOPPED.get(stopped, stopped),
    ]


def _rules(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "–"
