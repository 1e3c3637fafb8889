"""The mean of several bilateral autoencoders (``jobs.training.bivae``), for whoever liked anything."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.scoring.vectors import VectorScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import USER_ID
from jobs.vectors.collect import dense_vectors


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where nothing was learnt."""
    vectors = dense_vectors(inputs.bivae_item_vectors, items.index(), "vector")
    return None if vectors is None else VectorScores(vectors, "place")


def user_places(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, place)."""
    return inputs.bivae_user_vectors.select(USER_ID, F.col("vector").alias("place"))


BIVAE = Definition(build, "train_bivae stepped aside", Reason.BECAUSE, user_places)
