"""Whether a higher score means more hits: the share of hits by parts of the scores, each with its interval."""

from typing import Any

import numpy as np
import numpy.typing as npt

_Z = 1.959964  # of a two-sided 95% interval


def calibration(scores: npt.NDArray[np.floating], hits: npt.NDArray[np.bool_], n_bins: int) -> list[dict[str, Any]]:
    """Return the share of hits by part of the scores, lowest first.

    Args:
        scores: float[n], of recommended items.
        hits: bool[n], whether the user took the item.
        n_bins: Parts of about equal size; equal scores are never parted, so there may be fewer.

    Returns:
        Rows of bin (from 1), mean_score, hit_share, ci_low, ci_high, n. The interval is Wilson's (1927), which counts
        pairs as independent: a user's own pairs are not, so it is a little narrow.
    """
    if not len(scores):
        return []
    edges = np.quantile(scores, np.arange(1, n_bins) / n_bins)
    parts = np.searchsorted(edges, scores, side="right")
    rows: list[dict[str, Any]] = []
    for part in np.unique(parts):
        inside = parts == part
        n, n_hits = int(inside.sum()), int(hits[inside].sum())
        low, high = wilson(n_hits, n)
        rows.append(
            {
                "bin": len(rows) + 1,
                "mean_score": float(scores[inside].mean()),
                "hit_share": n_hits / n,
                "ci_low": low,
                "ci_high": high,
                "n": n,
            }
        )
    return rows


def wilson(n_hits: int, n: int) -> tuple[float, float]:
    """Return the 95% interval of a share of ``n_hits`` in ``n`` >= 1."""
    share, shrink = n_hits / n, 1 + _Z**2 / n
    middle = (share + _Z**2 / (2 * n)) / shrink
    half = _Z / shrink * float(np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)))
    return max(0.0, middle - half), min(1.0, middle + half)
