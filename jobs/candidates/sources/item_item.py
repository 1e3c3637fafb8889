"""Items taken together with what the user liked: cosine of co-occurrence.

A candidate is judged by its own nearest items among the liked. The other way round popular items, which are everybody's
neighbour, would collect from everywhere (EXPERIMENTS.md).
"""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.training.item_weights import weight_matrix


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where the model has no weights."""
    weights = weight_matrix(inputs.item_weights.where("model = 'item_item'"), items.item_ids)
    return None if weights is None else NeighbourScores(weights, inputs.half_lives["item_item"])


ITEM_ITEM = Definition(build, "nobody liked anything", Reason.BECAUSE)
