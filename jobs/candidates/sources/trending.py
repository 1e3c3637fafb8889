"""What many users liked lately."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.popularity import trending
from jobs.candidates.scoring.one_list import ListScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where no interaction has a time."""
    scores = trending(inputs.liked, items.index(), inputs.as_of, settings.half_life_days)
    return None if scores is None else ListScores(scores)


TRENDING = Definition(build, "events have no timestamps", Reason.TRENDING)
