"""An item's neighbours against exact search."""

import dataclasses
import time

import numpy as np
import pytest
from annoy import AnnoyIndex

from jobs.contract.release_files import ItemMap
from serving.catalogue import Catalogue
from serving.lookup import Served
from serving.overlay import Overlay
from serving.problems import ProblemError
from serving.similar import similar
from tests.serving.releases import AS_OF, COMING, CREATED_AT, GONE, INDEXED, NO_VECTOR, PAST, item_vectors

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


def _fan(release, is_over) -> Served:
    """5,000 items on a quarter circle, so that item 0's neighbours are 1, 2, 3 ...; ``is_over`` says which ended."""
    n_items = 5_000
    angles = np.linspace(0, np.pi / 2, n_items)
    index = AnnoyIndex(2, "angular")
    index.set_seed(1)
    for position, angle in enumerate(angles):
        index.add_item(position, [np.cos(angle), np.sin(angle)])
    index.build(2)
    ids = [str(position) for position in range(n_items)]
    ends = [PAST if is_over(position) else None for position in range(n_items)]
    item_map = ItemMap(n_items, ids, ids, [[]] * n_items, [None] * n_items, ends)
    entry = release.manifest.index.model_copy(update={"n_items": n_items, "dim": 2, "search_k": 500})
    manifest = release.manifest.model_copy(update={"index": entry})
    catalogue = Catalogue(item_map, AS_OF, CREATED_AT)
    return Served(dataclasses.replace(release, manifest=manifest, catalogue=catalogue, index=index), Overlay())


def test_among_many_items_that_are_over_the_search_widens_until_k_are_found(release):
    served = _fan(release, lambda position: position % 20 != 0)
    answer = similar(served, "0", 10, NOW)
    assert {item.item_id for item in answer.items} == {str(20 * n) for n in range(1, 11)}
    assert answer.note is None


def test_a_search_that_would_go_on_for_too_long_ends_with_what_was_found_and_says_so(release):
    served = _fan(release, lambda position: position % 20 != 0)
    answer = similar(served, "0", 200, NOW)
    assert {item.item_id for item in answer.items} == {str(20 * n) for n in range(1, 100)}, "the nearest 2,000"
    assert answer.note == "Only 99 of 200 neighbours that may be shown could be found."
    none_near = similar(_fan(release, lambda position: position < 2_500), "0", 1, NOW)
    assert (none_near.items, none_near.note) == ([], "Only 0 of 1 neighbours that may be shown could be found.")
