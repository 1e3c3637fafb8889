import numpy as np
import pytest
from scipy import sparse

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.generate import Generator, candidates
from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.scoring.one_list import ListScores
from jobs.candidates.scoring.vectors import VectorScores
from jobs.candidates.sources.contract import Source
from jobs.candidates.user_rows import USER_COLUMNS
from jobs.contract.settings import Candidates

ITEMS = ["a", "b", "c/d", "é"]
USERS = ", ".join(f"{name} {kind}" for name, kind in USER_COLUMNS)
UNKNOWN = (None,) * (len(USER_COLUMNS) - 5)
SIMILAR = np.array([[0, 0.5, 0.2, 0.1], [0.5, 0, 0, 0], [0.2, 0, 0, 0.4], [0.1, 0, 0.4, 0]], dtype=np.float32)


def generator(with_seen: bool = False, eligible: tuple[bool, ...] = (True,) * 4, **settings) -> Generator:
    sources: dict[str, Source] = {
        "als": VectorScores(np.eye(4, 2, dtype=np.float32), "factors"),
        "item_item": NeighbourScores(sparse.csr_matrix(SIMILAR)),
        "popular": ListScores(np.array([4, 3, 2, 1], dtype=np.float32)),
    }
    return Generator(Catalogue(ITEMS, np.array(eligible)), sources, Candidates(**settings), with_seen)


def rows(spark, own: Generator) -> list[tuple]:
    users = spark.createDataFrame(
        [("ann", [0, 2], [2, 0], [2.0, 1.0], [0.3, 0.9], *UNKNOWN), ("bob", [], [], [], None, *UNKNOWN)], USERS
    )
    found = candidates(users, own).collect()
    return sorted(
        (r.user_id, r.source, r.seen, r.source_rank, r.item_id, round(r.score, 3), tuple(r.evidence)) for r in found
    )


def test_each_source_gives_unseen_items_with_ranks_scores_and_the_strongest_evidence_first(spark):
    assert rows(spark, generator()) == [
        ("ann", "als", False, 1, "b", 0.9, ()),
        ("ann", "item_item", False, 1, "é", 0.9, ("c/d", "a")),  # 2 x .4 from c/d, 1 x .1 from a
        ("ann", "item_item", False, 2, "b", 0.5, ("a",)),
        ("ann", "popular", False, 1, "b", 3.0, ()),
        ("ann", "popular", False, 2, "é", 1.0, ()),
        ("bob", "popular", False, 1, "a", 4.0, ()),
        ("bob", "popular", False, 2, "b", 3.0, ()),
        ("bob", "popular", False, 3, "c/d", 2.0, ()),
        ("bob", "popular", False, 4, "é", 1.0, ()),
    ]


def test_with_seen_each_source_also_ranks_what_the_user_met_never_as_evidence_for_itself(spark):
    seen = [row for row in rows(spark, generator(with_seen=True)) if row[2]]
    assert seen == [
        ("ann", "als", True, 1, "a", 0.3, ()),
        ("ann", "item_item", True, 1, "a", 0.4, ("c/d",)),
        ("ann", "item_item", True, 2, "c/d", 0.2, ("a",)),
        ("ann", "popular", True, 1, "a", 4.0, ()),
        ("ann", "popular", True, 2, "c/d", 2.0, ()),
    ]


def test_items_that_are_not_eligible_are_never_candidates(spark):
    found = rows(spark, generator(with_seen=True, eligible=(True, False, True, False)))
    assert {row[4] for row in found} == {"a", "c/d"}


@pytest.mark.parametrize("block_users", [1, 2, 512])
def test_block_size_changes_nothing(spark, block_users):
    assert rows(spark, generator(block_users=block_users)) == rows(spark, generator())


def test_a_source_gives_at_most_per_source_items(spark):
    assert max(row[3] for row in rows(spark, generator(per_source=2))) == 2
