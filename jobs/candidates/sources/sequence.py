"""What the sequence model expects next: its state of the user against its item vectors."""

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
    """Return the source, or None where the model stepped aside."""
    vectors = dense_vectors(inputs.item_vectors, items.index(), "vector")
    return None if vectors is None else VectorScores(vectors, "state")


def user_states(inputs: Inputs, items: Catalogue, settings: Candidates) -> DataFrame:
    """Return (user_id, state)."""
    return inputs.user_vectors.select(USER_ID, F.col("vector").alias("state"))


SEQUENCE = Definition(build, "train_sequence stepped aside", Reason.BECAUSE, user_states)
