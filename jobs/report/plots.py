"""The drawings of a report; every one is a pure function of its rows. Shape or place tells apart what colour does."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from jobs.report.data import Row
from jobs.report.svg import FIRST, INK, SECOND, name_rows, svg

_ROW_INCHES = 0.24
_FRAME_INCHES = 0.62
_OWN = ("ranked", "union")


def interval_plot(name: str, xlabel: str, named: list[tuple[str, Row]], reference: float | None = None) -> str:
    """Return values with their intervals, a line each; ``reference`` is a dashed line to hold them against.

    Args:
        name: Unique on the page.
        xlabel: What is measured.
        named: (label, row with value, ci_low, ci_high), top first; what all sources give together is drawn filled.
        reference: Where the dashed line stands.
    """

    def draw(axes: Axes) -> None:
        for place, (text, row) in enumerate(named):
            colour, face = (FIRST, FIRST) if text in _OWN else (SECOND, "none")
            if row["ci_low"] is not None and row["ci_high"] is not None:
                axes.plot([row["ci_low"], row["ci_high"]], [place, place], color=colour, linewidth=1.6)
            axes.plot(row["value"], place, "o", color=colour, markerfacecolor=face, markersize=5.5)
        if reference is not None:
            axes.axvline(reference, color=INK, linestyle=(0, (4, 3)), linewidth=0.9)
        name_rows(axes, [text for text, _ in named])
        axes.set_xlabel(xlabel)

    return svg(name, f"{xlabel} by row, with 95% intervals", _height(len(named)), draw)


def bar_plot(name: str, xlabel: str, values: list[tuple[str, float]]) -> str:
    """Return horizontal bars, top first."""

    def draw(axes: Axes) -> None:
        axes.barh(range(len(values)), [value for _, value in values], height=0.62, color=FIRST)
        name_rows(axes, [text for text, _ in values])
        axes.set_xlabel(xlabel)

    return svg(name, f"{xlabel} by row", _height(len(values)), draw)


def curve_plot(name: str, curves: dict[str, list[Row]]) -> str:
    """Return loss and, where there is one, validation NDCG by epoch; a line a fold.

    Args:
        name: Unique on the page.
        curves: Fold -> its epochs with loss and ndcg (or None).
    """
    validated = {fold: curve for fold, curve in curves.items() if any(epoch["ndcg"] is not None for epoch in curve)}
    styles = dict(zip(curves, ((FIRST, "-", "o"), (SECOND, "--", "s")), strict=False))

    def draw(loss: Axes, ndcg: Axes | None = None) -> None:
        _lines(loss, curves, "loss", styles)
        loss.set_ylabel("training loss, nats")
        loss.legend()
        if ndcg:
            _lines(ndcg, validated, "ndcg", styles)
            ndcg.set_ylabel("validation NDCG")
        (ndcg or loss).set_xlabel("epoch")

    alt = "Training loss and validation NDCG by epoch" if validated else "Training loss by epoch"
    return svg(name, alt, 3.9 if validated else 2.4, draw, 2 if validated else 1)


def popularity_plot(name: str, rows: list[Row]) -> str:
    """Return the shares of histories and of lists by tenth of the items, as paired bars."""

    def draw(axes: Axes) -> None:
        places = np.array([row["decile"] for row in rows], dtype=np.float64)
        pairs: list[tuple[str, str, float, dict[str, Any]]] = [
            ("share_of_history", "users' histories", -0.2, {"facecolor": "none", "edgecolor": SECOND, "hatch": "////"}),
            ("share_of_lists", "recommended lists", 0.2, {"color": FIRST}),
        ]
        for key, text, shift, style in pairs:
            axes.bar(places + shift, [100 * row[key] for row in rows], width=0.38, label=text, **style)
        axes.set_xticks(places)
        axes.grid(visible=False, axis="x")
        axes.set(xlabel="tenth of the items, least popular first", ylabel="share, %")
        axes.legend(loc="upper left")

    return svg(name, "Share of histories and of lists by tenth of the items by popularity", 2.7, draw)


def calibration_plot(name: str, rows: list[Row]) -> str:
    """Return the share of hits against the score, with intervals, and the share over all as a dashed line."""

    def draw(axes: Axes) -> None:
        scores = [row["mean_score"] for row in rows]
        shares = np.array([row["hit_share"] for row in rows])
        # Rounding may put a share a hair outside its own interval.
        low = np.maximum(shares - [row["ci_low"] for row in rows], 0)
        high = np.maximum([row["ci_high"] for row in rows] - shares, 0)
        axes.errorbar(scores, shares, yerr=[low, high], fmt="o-", color=FIRST, linewidth=1.2, markersize=4.5)
        overall = sum(row["hit_share"] * row["n"] for row in rows) / sum(row["n"] for row in rows)
        axes.axhline(overall, color=INK, linestyle=(0, (4, 3)), linewidth=0.9)
        axes.set_ylim(bottom=0)
        axes.set(xlabel="mean score of the ranker", ylabel="share of hits")

    return svg(name, "Share of hits against the ranker's score", 2.7, draw)


def _lines(axes: Axes, curves: dict[str, list[Row]], key: str, styles: dict[str, tuple[str, str, str]]) -> None:
    for fold, curve in curves.items():
        reached = [(place, epoch[key]) for place, epoch in enumerate(curve, start=1) if epoch[key] is not None]
        colour, line, marker = styles[fold]
        axes.plot(*zip(*reached, strict=True), color=colour, linestyle=line, marker=marker, markersize=3, label=fold)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _height(n_rows: int) -> float:
    return _FRAME_INCHES + _ROW_INCHES * max(n_rows, 2)
