import numpy as np
import pytest

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.graph import idf_features, item_entities, shared_neighbours
from tests.jobs.candidates.sources.tiny import ITEMS, catalogue, inputs


def entities(spark, max_degree=500):
    own = inputs(spark)
    return item_entities(own.graph, own.item_links, max_degree)


def test_items_share_their_entities_and_those_next_to_them_either_way_round(spark):
    found = sorted(map(tuple, entities(spark).collect()))
    assert found == [
        ("a", "E1", 2, None),
        ("a", "E3", 2, "sequel_of"),
        ("a", "Kim", 2, "directed_by"),
        ("b", "Kim", 2, "directed_by"),
        ("c", "E1", 2, "sequel_of"),
        ("c", "E3", 2, None),
    ]


def test_what_is_said_from_both_sides_goes_by_the_items_own(spark):
    own = inputs(spark, graph=[("E1", "written_by", "Kim"), ("Kim", "author_of", "E1"), ("E2", "written_by", "Kim")])
    found = item_entities(own.graph, own.item_links, max_degree=5).where("entity = 'Kim'").collect()
    assert {(row.item_id, row.relation) for row in found} == {("a", "written_by"), ("b", "written_by")}


def test_similarity_is_the_cosine_of_idf_weights(spark):
    features = idf_features(entities(spark), catalogue())
    found = shared_neighbours(features, catalogue().eligible, k=5).toarray()[:3, :3]
    # every entity has idf log(6/2): a = (1,1,1)/sqrt(3), b = Kim alone, c = (E1, E3)/sqrt(2)
    one, two = 1 / 3**0.5, 2 / 6**0.5
    assert found == pytest.approx(np.array([[0, one, two], [one, 0, 0], [two, 0, 0]]))


def test_an_entity_of_too_many_items_is_left_out(spark):
    rows = [(item, "Earth") for item in ITEMS] + [("a", "Kim"), ("b", "Kim")]
    own = inputs(spark, rows={"item_links": rows})
    found = item_entities(own.graph, own.item_links, max_degree=5)
    assert {row.entity for row in found.collect()} == {"Kim"}


def test_only_the_nearest_eligible_items_are_neighbours(spark):
    features = idf_features(entities(spark), catalogue())
    eligible = np.array([item != "c" for item in ITEMS])
    assert shared_neighbours(features, eligible, k=1).nnz == 3  # a -> b, b -> a, c -> a
    assert shared_neighbours(features, np.ones(6, dtype=bool), k=1)[0].indices.tolist() == [2]


def test_items_outside_the_catalogue_give_no_features(spark):
    assert idf_features(entities(spark), Catalogue(["z"], np.ones(1, dtype=bool))) is None
