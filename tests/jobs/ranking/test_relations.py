import pyarrow as pa
import pytest

from jobs.candidates.sources.graph import item_entities
from jobs.ranking.relations import item_relations

GRAPH = [
    ("A", "directed_by", "Kim"),
    ("B", "directed_by", "Kim"),
    ("A", "genre", "Drama"),
    ("B", "genre", "Drama"),
    ("C", "genre", "Drama"),
    ("D", "sequel_of", "A"),
    ("E", None, "Nameless"),
    ("F", None, "Nameless"),
]
LINKS = [(name.lower(), name) for name in "ABCDEFG"]


@pytest.fixture(scope="module")
def relations(spark):
    graph = spark.createDataFrame(GRAPH, "head string, relation string, tail string")
    links = spark.createDataFrame(LINKS, "item_id string, entity_id string")
    return item_relations(item_entities(graph, links, max_degree=5))


@pytest.mark.parametrize(
    ("item", "other", "relation"),
    [
        ("a", "b", "directed_by"),  # by two items only, against the genre of three
        ("a", "c", "genre"),
        ("d", "a", "sequel_of"),
        ("a", "d", "sequel_of"),  # a is the entity itself; d says how
        ("d", "c", ""),
        ("e", "f", ""),
        ("a", "g", ""),
        ("a", "nobody", ""),
        ("nobody", "a", ""),
        ("a", "", ""),
    ],
)
def test_the_rarest_shared_entity_gives_the_relation(relations, item, other, relation):
    assert relations.shared(pa.array([item]), pa.array([other])) == [relation]


def test_pairs_are_answered_in_their_order(relations):
    items, others = pa.array(["c", "x", "b", "d"]), pa.array(["a", "a", "a", "a"])
    assert relations.shared(items, others) == ["genre", "", "directed_by", "sequel_of"]
    assert relations.shared(pa.array([], pa.string()), pa.array([], pa.string())) == []


def test_without_shared_entities_there_are_no_relations(spark):
    nothing = spark.createDataFrame([], "item_id string, entity string, degree int, relation string")
    assert item_relations(nothing) is None
