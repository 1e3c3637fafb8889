"""What was chosen on validation: every model's settings and the ranker, with what each value tried reached there."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from jobs.report.data import ReportData, Row, Section, TableView, number

_NOT_TRIED = ("users", "items", "why")


@dataclass(frozen=True)
class Choice:
    """One model's.

    Attributes:
        model: Its source, or "ranker".
        taken: The value, in words.
        ndcg: What it reached on validation; None where nothing was validated.
        tried: Value -> NDCG on validation, in the order tried.
        why: Why nothing, or nothing more, was validated, or what the rivals lacked.
    """

    model: str
    taken: str
    ndcg: float | None
    tried: dict[str, float] = field(default_factory=dict)
    why: str = ""


def choices(stages: dict[str, Row]) -> list[Choice]:
    """Return what the stages' reports say was chosen, in running order."""
    readers = (_split, _als, _item_weights, _spectral, _bivae, _sequence, _ranker)
    return [choice for read in readers for choice in read(stages)]


def choices_json(stages: dict[str, Row]) -> dict[str, Any]:
    """Return the same as JSON values by model."""
    return {choice.model: {k: v for k, v in asdict(choice).items() if k != "model"} for choice in choices(stages)}


def chosen(data: ReportData) -> Section:
    """Return what was chosen, and, folded away, everything that was tried."""
    title, found = "What was chosen", choices(data.stages)
    if not found:
        return Section("choices", title, "", missing="No stage has reported what it chose.")
    reading = (
        f"Settings follow from NDCG@{data.k} on held-out validation events, never from the test part; where there is "
        "too little to validate on, or no time to, the first value of each setting is taken."
    )
    taken = [[c.model, c.taken, number(c.ndcg), number(len(c.tried)), c.why or "–"] for c in found]
    tried = [[c.model, value, number(ndcg)] for c in found for value, ndcg in c.tried.items()]
    tables = [
        TableView("Taken", ["model", "taken", "validation", "values tried", "remark"], taken),
        TableView("Everything tried", ["model", "value", "validation"], tried, folded=True),
    ]
    return Section("choices", title, reading, [], tables if tried else tables[:1])


def _split(stages: dict[str, Row]) -> Iterator[Choice]:
    carving = stages.get("split_events", {}).get("validation")
    if carving:
        yield Choice("validation", carving, None, why="the split names no validation events")


def _als(stages: dict[str, Row]) -> Iterator[Choice]:
    report = stages.get("train_als", {})
    if "chosen" in report:
        yield _choice("als", report["chosen"], report["tried"])


def _item_weights(stages: dict[str, Row]) -> Iterator[Choice]:
    report = stages.get("train_item_item", {})
    own = report.get("chosen")
    if own:
        fades, tried = own["half_lives"], own["tried"]
        cosine = (
            f"{own['neighbours']:g} neighbours, shrinkage {own['shrinkage']:g}, user exponent {own['user_exponent']:g}"
        )
        ease = f"regularisation {own['regularisation']:g}"
        covered, known = report.get("ease_items", 0), report.get("items", 0)
        left = f"solved over the {covered:,} most liked of {known:,} items; als and item_item cover the others"
        for model, taken, remark in (("item_item", cosine, ""), ("ease", ease, left if covered < known else "")):
            yield _choice(model, f"{taken}, half-life {fades[model]:g}", tried.get(model, tried), remark)


def _spectral(stages: dict[str, Row]) -> Iterator[Choice]:
    for model, own in stages.get("train_spectral", {}).get("chosen", {}).items():
        taken = f"rank {own['rank']:g}, exponent {own['item_exponent']:g}, half-life {own['half_life']:g}"
        yield _choice(model, taken, own["tried"])


def _bivae(stages: dict[str, Row]) -> Iterator[Choice]:
    report = stages.get("train_bivae", {})
    if "epochs" in report:
        tried = {_passes(epochs): ndcg for epochs, ndcg in report["tried"].items()}
        refit = report.get("refit", {}).get("epochs", report["epochs"])
        cut = f"the refit had time for {_passes(refit)}" if refit < report["epochs"] else ""
        yield _choice("bivae", _passes(report["epochs"]), tried, report.get("stepped_aside", cut))
    else:
        yield from _stepped_aside("bivae", report)


def _sequence(stages: dict[str, Row]) -> Iterator[Choice]:
    report = stages.get("train_sequence", {})
    if "backtest" not in report:
        yield from _stepped_aside("sequence", report)
        return
    own = report["backtest"]
    n_models = 1 + len(own.get("further", ()))
    taken = f"{_passes(own['epochs'])}, {own['pool']} state, {n_models} model{'s' if n_models > 1 else ''}"
    curve = {_passes(n): epoch["ndcg"] for n, epoch in enumerate(own["curve"], 1) if epoch["ndcg"] is not None}
    yield Choice("sequence", taken, own["ndcg"], curve, report.get("how", ""))


def _stepped_aside(model: str, report: Row) -> Iterator[Choice]:
    if "stepped_aside" in report:
        yield Choice(model, "stepped aside", None, why=report["stepped_aside"])


def _passes(n: int | str) -> str:
    return "1 pass" if int(n) == 1 else f"{n} passes"


def _ranker(stages: dict[str, Row]) -> Iterator[Choice]:
    report = stages.get("rank_candidates", {})
    own = report.get("validation", {})
    if "chosen" in own:
        trees = (
            f", trees {report['rounds']} rounds, weight {report['trees_weight']:g}" if report["trees_weight"] else ""
        )
        way = f"sources weighed by {own['weighed_by']}{trees}" if own["chosen"] else "all sources alike"
        tried = {**own.get("held_out_ndcg", {}), **own.get("trees", {})}
        yield Choice("ranker", way, own.get("ndcg"), tried, own.get("trees_left_out", own.get("why", "")))


def _choice(model: str, taken: str, tried: Row, remark: str = "") -> Choice:
    """Return a choice from what a stage reports as tried, which may be why it tried nothing."""
    values = {value: ndcg for value, ndcg in tried.items() if value not in _NOT_TRIED}
    return Choice(model, taken, values.get(taken), values, "; ".join(filter(None, (tried.get("why"), remark))))
