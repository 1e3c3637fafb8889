"""The sources there are, and those of one fold built from its tables; one whose input is missing steps aside."""

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.again import AGAIN
from jobs.candidates.sources.als import ALS
from jobs.candidates.sources.attention import ATTENTION
from jobs.candidates.sources.bivae import BIVAE
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.candidates.sources.ease import EASE
from jobs.candidates.sources.graph import GRAPH
from jobs.candidates.sources.group_popular import GROUP_POPULAR
from jobs.candidates.sources.history import HISTORY
from jobs.candidates.sources.item_item import ITEM_ITEM
from jobs.candidates.sources.popular import POPULAR
from jobs.candidates.sources.sequence import SEQUENCE
from jobs.candidates.sources.session import SESSION
from jobs.candidates.sources.social import SOCIAL
from jobs.candidates.sources.spectral import SPECTRAL
from jobs.candidates.sources.text import TEXT
from jobs.candidates.sources.trending import TRENDING
from jobs.contract.errors import SettingsError
from jobs.contract.settings import Candidates

SOURCES: dict[str, Definition] = {
    "sequence": SEQUENCE,
    "als": ALS,
    "item_item": ITEM_ITEM,
    "ease": EASE,
    "spectral": SPECTRAL,
    "session": SESSION,
    "bivae": BIVAE,
    "attention": ATTENTION,
    "text": TEXT,
    "graph": GRAPH,
    "social": SOCIAL,
    "group_popular": GROUP_POPULAR,
    "popular": POPULAR,
    "trending": TRENDING,
    "history": HISTORY,
    "again": AGAIN,
}
REASONS = {name: source.reason for name, source in SOURCES.items()}


def build_sources(inputs: Inputs, items: Catalogue, settings: Candidates) -> tuple[dict[str, Source], dict[str, str]]:
    """Return the named sources in the settings' order, and by name what those that stepped aside need.

    Raises:
        SettingsError: If the settings name a source that does not exist.
    """
    check_sources(settings.sources)
    built: dict[str, Source] = {}
    aside: dict[str, str] = {}
    for name in settings.sources:
        source = SOURCES[name].build(inputs, items, settings)
        if source is None:
            aside[name] = SOURCES[name].needs
        else:
            built[name] = source
    return built, aside


def check_sources(names: tuple[str, ...]) -> None:
    """Refuse a source that does not exist.

    Raises:
        SettingsError: Naming the unknown ones and those there are.
    """
    unknown = [name for name in names if name not in SOURCES]
    if unknown:
        raise SettingsError(f"candidates.sources holds unknown {unknown}; there are {sorted(SOURCES)}.")
