"""The Annoy index over item vectors, and how wide it must be searched."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import structlog
from annoy import AnnoyIndex

from jobs.contract.errors import ReleaseError
from jobs.contract.release import IndexEntry
from jobs.contract.settings import Publish
from jobs.releases.vectors import Vectors
from jobs.vectors.nearest import nearest

METRIC: Literal["angular"] = "angular"
RECALL_AT = 10
SAMPLE_ITEMS = 500
_WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)  # search_k as multiples of RECALL_AT * n_trees
_SAME_SIMILARITY = 1e-6
log = structlog.get_logger()


def build_index(path: Path, vectors: Vectors, settings: Publish, seed: int) -> IndexEntry:
    """Write the index to ``path`` and return how to ask it.

    The same vectors, seed and processor give the same file: one thread, dense ids.

    Raises:
        ReleaseError: If Annoy cannot write the file.
    """
    index = AnnoyIndex(vectors.matrix.shape[1], METRIC)
    index.set_seed(seed)
    for row, vector in enumerate(vectors.matrix):
        index.add_item(row, vector)
    index.build(settings.n_trees, n_jobs=1)
    try:
        index.save(str(path))
    except OSError as error:
        raise ReleaseError(f"Annoy could not write {path}: {error}.") from None
    search_k, recall = choose_search_k(index, vectors, settings, seed)
    n_items, dim = vectors.matrix.shape
    return IndexEntry(
        vectors=vectors.kind,
        metric=METRIC,
        dim=dim,
        n_items=n_items,
        n_trees=settings.n_trees,
        search_k=search_k,
        recall=recall,
    )


def choose_search_k(index: AnnoyIndex, vectors: Vectors, settings: Publish, seed: int) -> tuple[int, float]:
    """Return the narrowest search that reaches ``publish.min_recall``, or the widest tried, with its recall@10.

    Recall is measured on a sample of items against exact search. An answer as near as the true tenth counts, since
    which of several equal items comes tenth means nothing.
    """
    n_items = len(vectors.ids)
    sample = np.sort(np.random.default_rng(seed).permutation(n_items)[:SAMPLE_ITEMS])
    exact = _exact(vectors, sample)
    search_k, recall = 0, 0.0
    for width in _WIDTHS:
        search_k = width * RECALL_AT * settings.n_trees
        recall = _recall(vectors, exact, _asker(index, search_k))
        if recall >= settings.min_recall:
            return search_k, recall
    log.warning("index recall below publish.min_recall", recall=round(recall, 4), search_k=search_k)
    return search_k, recall


def _exact(vectors: Vectors, sample: np.ndarray) -> dict[int, np.ndarray]:
    """Return each sampled item's similarities to its exact nearest, best first."""
    similarities: dict[int, list[float]] = {int(row): [] for row in sample}
    for batch in nearest(vectors.matrix, sample, np.arange(len(vectors.ids)), RECALL_AT):
        for row, value in zip(batch.column("item").to_numpy(), batch.column("similarity").to_numpy(), strict=True):
            similarities[int(row)].append(value)
    return {row: np.array(values) for row, values in similarities.items()}


def _asker(index: AnnoyIndex, search_k: int) -> Callable[[int], list[int]]:
    def ask(row: int) -> list[int]:
        found: list[int] = index.get_nns_by_item(row, RECALL_AT + 1, search_k)
        return [other for other in found if other != row][:RECALL_AT]

    return ask


def _recall(vectors: Vectors, exact: dict[int, np.ndarray], ask: Callable[[int], list[int]]) -> float:
    shares = []
    for row, similarities in exact.items():
        if len(similarities) == 0:
            continue
        found = vectors.matrix[ask(row)] @ vectors.matrix[row]
        shares.append(float(np.sum(found >= similarities[-1] - _SAME_SIMILARITY)) / len(similarities))
    return float(np.mean(shares)) if shares else 1.0
