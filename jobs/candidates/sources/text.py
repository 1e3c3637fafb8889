"""Neighbours, by the meaning of their texts, of what the user liked."""

import numpy as np
from pyspark.sql import DataFrame
from scipy import sparse

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.vectors.collect import dense_vectors
from jobs.vectors.nearest import nearest_by_spark


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nothing is embedded."""
    similarity = text_neighbours(inputs.embeddings, items, settings.neighbours)
    return None if similarity is None else NeighbourScores(similarity)


def text_neighbours(embeddings: DataFrame, items: Catalogue, k: int) -> sparse.csr_matrix | None:
    """Return each embedded item's k nearest eligible items by cosine, or None where nothing is embedded.

    Args:
        embeddings: Rows of ``item_embeddings``.
        items: Dense order and eligibility.
        k: Neighbours per item, itself left out; only similarities above 0 count.

    Returns:
        float32[n_items, n_items], at most k entries a row. Cost: embedded items x eligible items x dim, spread over
        tasks.
    """
    vectors = dense_vectors(embeddings, items.index(), "embedding")
    if vectors is None:
        return None
    embedded = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0)
    targets = embedded[items.eligible[embedded]]
    item, neighbour, similarity = nearest_by_spark(embeddings.sparkSession, vectors, embedded, targets, k)
    near = similarity > 0
    shape = (len(vectors), len(vectors))
    return sparse.csr_matrix((similarity[near], (item[near], neighbour[near])), shape=shape, dtype=np.float32)


TEXT = Definition(build, "no item has a text", Reason.BECAUSE)
