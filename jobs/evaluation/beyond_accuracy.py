"""Everything that is measured of lists and candidates besides accuracy, for the users whose accuracy was."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import DataFrame

from jobs.evaluation.candidate_recall import MAX_CANDIDATES, candidate_recall
from jobs.evaluation.exposure import exposure
from jobs.evaluation.item_facts import item_facts
from jobs.evaluation.judge import Judged
from jobs.evaluation.list_values import list_values


@dataclass(frozen=True)
class Material:
    """What is measured, and with what.

    Attributes:
        lists: system, user_id, items array<string>, best first, of the judged users.
        competing: Candidates that may be recommended: user_id, item_id, source, source_rank.
        targets: user_id, item_id, a row a pair.
        liked: user_id, item_id of the judged fold's training data.
        embeddings: Rows of ``item_embeddings``; may be empty.
        n_eligible: Items that could be recommended.
    """

    lists: DataFrame
    competing: DataFrame
    targets: DataFrame
    liked: DataFrame
    embeddings: DataFrame
    n_eligible: int


def beyond_accuracy(
    judged: Judged, material: Material, sources: Iterable[str], ks: list[int], per_source: int
) -> tuple[Judged, dict[str, dict[str, float]]]:
    """Return ``judged`` with list values and candidate recall, and the exposure of every system's lists.

    Args:
        judged: At least one user.
        material: What is measured.
        sources: Those that ran.
        ks: Cut-offs.
        per_source: Candidates that a source gives each user.
    """
    facts = item_facts(material.lists, material.liked, material.embeddings)
    recalls = candidate_recall(
        material.competing, material.targets, sources, min(per_source, MAX_CANDIDATES), judged.user_ids
    )
    extended = judged.extended(list_values(material.lists, facts, ks, judged.user_ids)).extended(recalls)
    return extended, exposure(material.lists, material.n_eligible, ks)
