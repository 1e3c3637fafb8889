"""What the user liked before, by how much: where things are taken again."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.own_list import OwnListScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where what was taken is not recommended again."""
    return OwnListScores(len(items.item_ids), "liked", "weights") if inputs.with_repeats else None


HISTORY = Definition(build, "what was taken is not recommended again", Reason.AGAIN)
