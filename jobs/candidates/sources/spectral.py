"""The smooth part of what people take (``jobs.training.spectral``), for whoever liked anything."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.folded import FoldedScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.vectors.collect import dense_vectors


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nothing was learnt."""
    gathers, gives = (dense_vectors(inputs.spectral_vectors, items.index(), name) for name in ("gathers", "gives"))
    if gathers is None or gives is None or not gathers.size:
        return None
    return FoldedScores(gathers, gives, inputs.half_lives["spectral"])


SPECTRAL = Definition(build, "nobody liked anything", Reason.BECAUSE)
