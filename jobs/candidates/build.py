"""The sources of one fold, built from its tables; a source whose input is missing steps aside and says so."""

from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.popularity import popular, trending
from jobs.candidates.sources import FoldedSource, HistorySource, ListSource, NeighbourSource, Source, VectorSource
from jobs.candidates.text import text_neighbours
from jobs.contract.errors import SettingsError
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.training.item_weights import weight_matrix
from jobs.vectors.collect import dense_vectors


@dataclass(frozen=True)
class Inputs:
    """What sources are built from, all of one fold.

    Attributes:
        interactions: One row a user and item, with weight and last_timestamp.
        histories: From ``histories``.
        embeddings: Rows of ``item_embeddings``.
        item_factors: (item_id, factors).
        item_weights: Rows of ``item_weights``.
        sequence_vectors: (item_id, vector) of the sequence model.
        as_of: What "lately" is counted back from.
        with_seen: Whether what a user took may be recommended again.
    """

    interactions: DataFrame
    histories: DataFrame
    embeddings: DataFrame
    item_factors: DataFrame
    item_weights: DataFrame
    sequence_vectors: DataFrame
    spectral_vectors: DataFrame
    as_of: datetime
    with_seen: bool


def build_sources(inputs: Inputs, items: Catalogue, settings: Candidates) -> tuple[dict[str, Source], list[str]]:
    """Return the named sources in the settings' order, and what stepped aside and why."""
    check_sources(settings.sources)
    liked = inputs.interactions.where(F.col("weight") > 0)
    built: dict[str, Source] = {}
    aside: list[str] = []
    for name in settings.sources:
        builder, _, needs = BUILDERS[name]
        source = builder(inputs, liked, items, settings)
        if source is None:
            aside.append(f"{name}: {needs}")
        else:
            built[name] = source
    return built, aside


def _als(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    factors = dense_vectors(inputs.item_factors, items.index(), "factors")
    return None if factors is None else VectorSource(factors, "factors")


def _sequence(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    vectors = dense_vectors(inputs.sequence_vectors, items.index(), "vector")
    return None if vectors is None else VectorSource(vectors, "state")


def _item_item(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    # A candidate is judged by its own nearest items among the liked. The other way round popular items, which are
    # everybody's neighbour, would collect from everywhere (EXPERIMENTS.md).
    return _weighed(inputs, items, "item_item")


def _ease(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    return _weighed(inputs, items, "ease")


def _spectral(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    gathers, gives = (dense_vectors(inputs.spectral_vectors, items.index(), name) for name in ("gathers", "gives"))
    return None if gathers is None or gives is None else FoldedSource(gathers, gives)


def _weighed(inputs: Inputs, items: Catalogue, model: str) -> Source | None:
    weights = weight_matrix(inputs.item_weights.where(F.col("model") == model), items.item_ids)
    return None if weights is None else NeighbourSource(weights)


def _text(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    similarity = text_neighbours(inputs.embeddings, items, settings.neighbours)
    return None if similarity is None else NeighbourSource(similarity)


def _popular(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    return ListSource(popular(liked, items.index()))


def _trending(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    scores = trending(liked, items.index(), inputs.as_of, settings.half_life_days)
    return None if scores is None else ListSource(scores)


def _history(inputs: Inputs, liked: DataFrame, items: Catalogue, settings: Candidates) -> Source | None:
    return HistorySource(len(items.item_ids)) if inputs.with_seen else None


# Source name -> its builder, its reason code, and what it steps aside for.
BUILDERS = {
    "sequence": (_sequence, Reason.BECAUSE, "train_sequence stepped aside"),
    "als": (_als, Reason.BECAUSE, "ALS learnt no factors"),
    "item_item": (_item_item, Reason.BECAUSE, "nobody liked anything"),
    "ease": (_ease, Reason.BECAUSE, "nobody liked anything"),
    "spectral": (_spectral, Reason.BECAUSE, "nobody liked anything"),
    "text": (_text, Reason.BECAUSE, "no item has a text"),
    "popular": (_popular, Reason.POPULAR, "no interactions"),
    "trending": (_trending, Reason.TRENDING, "events have no timestamps"),
    "history": (_history, Reason.AGAIN, "what was taken is not recommended again"),
}


REASONS = {source: reason for source, (_, reason, _) in BUILDERS.items()}


def check_sources(names: tuple[str, ...]) -> None:
    """Refuse a source that does not exist.

    Raises:
        SettingsError: Naming the unknown ones and those there are.
    """
    unknown = [name for name in names if name not in BUILDERS]
    if unknown:
        raise SettingsError(f"candidates.sources holds unknown {unknown}; there are {sorted(BUILDERS)}.")
