"""EASE (Steck 2019): the sum of the weights with which liked items predict an item."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.training.item_weights import weight_matrix


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where the model has no weights."""
    weights = weight_matrix(inputs.item_weights.where("model = 'ease'"), items.item_ids)
    return None if weights is None else NeighbourScores(weights, inputs.half_lives["ease"])


EASE = Definition(build, "nobody liked anything", Reason.BECAUSE)
