"""An item's neighbours against exact search."""

import time

import numpy as np
import pytest

from serving.lookup import Served
from serving.overlay import Overlay
from serving.problems import ProblemError
from serving.similar import similar
from tests.serving.releases import COMING, GONE, INDEXED, NO_VECTOR, item_vectors

NOW = time.time()


def _exact(item_id: str, hidden: set[str]) -> list[tuple[str, float]]:
    vectors = item_vectors()
    cosines = vectors.matrix @ vectors.matrix[vectors.ids.index(item_id)]
    order = np.argsort(-cosines, kind="stable")
    return [
        (vectors.ids[at], float(cosines[at])) for at in order if vectors.ids[at] not in {item_id, GONE, COMING, *hidden}
    ]


@pytest.mark.parametrize("item_id", ["i00", "a/b", "\U0001f3ac"])
def test_neighbours_are_the_nearest_by_cosine_without_the_item_and_without_what_is_unavailable(served, item_id):
    answer = similar(served, item_id, 200, NOW)
    exact = _exact(item_id, set())
    assert [item.item_id for item in answer.items] == [neighbour for neighbour, _ in exact]
    assert [item.score for item in answer.items] == pytest.approx([cosine for _, cosine in exact], abs=1e-5)
    assert [item.rank for item in answer.items] == list(range(1, len(INDEXED) - 2))
    assert {(item.reason, *item.sources) for item in answer.items} == {(f"Similar to Title of {item_id}", "text")}


def test_k_cuts_the_list(served):
    assert [item.item_id for item in similar(served, "i00", 2, NOW).items] == [i for i, _ in _exact("i00", set())[:2]]


def test_an_item_without_a_vector_has_no_neighbours_and_the_answer_says_why(served):
    answer = similar(served, NO_VECTOR, 10, NOW)
    assert (answer.items, answer.note) == ([], "The item has no vector in this release.")


def test_an_unavailable_item_may_still_be_asked_about(served):
    assert len(similar(served, GONE, 3, NOW).items) == 3


@pytest.mark.parametrize("item_id", ["unknown", "", "I00", "\x00"])
def test_an_unknown_item_is_not_found(served, item_id):
    with pytest.raises(ProblemError, match="Release r1 has no such item") as refused:
        similar(served, item_id, 10, NOW)
    assert refused.value.status == 404


def test_a_withdrawn_item_is_not_found_and_nobody_s_neighbour(release):
    withdrawn = {neighbour for neighbour, _ in _exact("i00", set())[:9]}
    served = Served(release, Overlay(1, frozenset(withdrawn), frozenset()))
    found = [item.item_id for item in similar(served, "i00", 3, NOW).items]
    assert found == [neighbour for neighbour, _ in _exact("i00", withdrawn)[:3]]
    with pytest.raises(ProblemError, match="has no such item"):
        similar(served, withdrawn.pop(), 3, NOW)
