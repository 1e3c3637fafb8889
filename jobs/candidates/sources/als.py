"""Dot products of implicit ALS's factors (Hu, Koren and Volinsky 2008)."""

from pyspark.sql import DataFrame

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.vectors import VectorScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import USER_ID
from jobs.vectors.collect import dense_vectors


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where no item has factors."""
    factors = dense_vectors(inputs.item_factors, items.index(), "factors")
    return None if factors is None else VectorScores(factors, "factors")


def user_factors(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, factors)."""
    return inputs.user_factors.select(USER_ID, "factors")


ALS = Definition(build, "ALS learnt no factors", Reason.BECAUSE, user_factors)
