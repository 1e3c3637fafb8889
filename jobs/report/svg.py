"""Figures as inline SVG that takes its colours from the page, so that one drawing is read in light and in dark."""

import re
import warnings
from collections.abc import Callable
from io import StringIO
from typing import Any
from xml.sax.saxutils import quoteattr

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours that stand for the page's variables: matplotlib knows no CSS.
INK, GRID, FIRST, SECOND = "#010101", "#020202", "#030303", "#040404"
_VARIABLES = {INK: "currentColor", GRID: "var(--grid)", FIRST: "var(--first)", SECOND: "var(--second)"}
_WIDTH_INCHES = 5.2  # as wide as a phone shows it without shrinking the text much
_MAX_LABEL = 32
_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "figure.facecolor": "none",
    "legend.frameon": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,
}


def svg(name: str, alt: str, height_inches: float, draw: Callable[..., None], n_axes: int = 1) -> str:
    """Return what ``draw`` draws as one ``<svg>`` element, well-formed and without any address.

    Args:
        name: Unique on the page; every id in the drawing begins with it.
        alt: What a reader who cannot see it is told.
        height_inches: Of a drawing 5.2 inches wide.
        draw: Called with the axes.
        n_axes: One under the other.
    """
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        # A glyph that the measuring font lacks is still shown: text stays text.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(_WIDTH_INCHES, height_inches), layout="constrained")
        draw(*figure.subplots(n_axes, squeeze=False)[:, 0])
        written = StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _inline(written.getvalue(), name, alt)


def label(text: str) -> str:
    """Return a text as it may stand in a drawing: one line of printable characters, not too long."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return plain if len(plain) <= _MAX_LABEL else f"{plain[: _MAX_LABEL - 1]}…"


def name_rows(axes: Axes, labels: list[str]) -> None:
    """Name the rows of a drawing from the top down."""
    axes.set_yticks(range(len(labels)), [label(text) for text in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")


def _inline(text: str, name: str, alt: str) -> str:
    body = text[text.index("<svg") :]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'(?<=<svg)([^>]*?) (?:width)="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'(?<=<svg)([^>]*?) (?:height)="[^"]*"', r"\1", body, count=1)
    body = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", body)
    body = body.replace("<svg", f'<svg role="img" aria-label={quoteattr(alt)}', 1)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    return body.strip()
