"""The smooth part of what people take (``jobs.training.spectral``), for whoever liked anything."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.folded import FoldedScores
from jobs.candidates.sources.contract import Build, Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.vectors.collect import dense_vectors


def source_of(model: str) -> Build:
    """Return what builds the source of one of the models in ``spectral_item_vectors``."""

    def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
        """Return the source, or None where nothing was learnt."""
        own = inputs.spectral_vectors.where(f"model = '{model}'")
        gathers, gives = (dense_vectors(own, items.index(), name) for name in ("gathers", "gives"))
        if gathers is None or gives is None or not gathers.size:
            return None
        return FoldedScores(gathers, gives, inputs.half_lives[model])

    return build


SPECTRAL = Definition(source_of("spectral"), "nobody liked anything", Reason.BECAUSE)
