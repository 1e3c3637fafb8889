"""How much what a user liked still counts: by how many newer things they liked since, not by days."""

import numpy as np

from jobs.vectors.top_k import FloatArray


def faded(weights: FloatArray, half_life: float, places: FloatArray | None = None) -> FloatArray:
    """Return float32, each weight over 1 + its place / half life.

    Tastes move, but what was liked long ago still counts for something, as under a power of one half it would not: on
    ml-100k most models rank better so (EXPERIMENTS.md).

    Args:
        weights: float32[n].
        half_life: Newer items after which one counts half; 0 = all count alike.
        places: float32[n], how many newer items there are; None = the weights stand newest first.
    """
    if not half_life:
        return weights
    newer = np.arange(len(weights)) if places is None else places
    return np.asarray(weights / (1 + newer / half_life), dtype=np.float32)
