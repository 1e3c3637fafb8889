"""What most users liked."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.popularity import popular
from jobs.candidates.scoring.one_list import ListScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nobody liked anything."""
    counts = popular(inputs.liked, items.index())
    return ListScores(counts) if counts.any() else None


POPULAR = Definition(build, "nobody liked anything", Reason.POPULAR)
