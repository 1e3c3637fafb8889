"""Items that share entities of the knowledge graph with what the user liked, rare entities counting more.

An item's features are the entities it is linked to and their neighbours in the graph, either way round. The similarity
of two items is the cosine of their features, weighted by idf, log(items / items with it) (Sparck Jones 1972), so
that a country shared by half the catalogue says next to nothing. Entities of more than ``graph_max_degree`` items are
left out: they would join everything with everything at a cost of degree squared.
"""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from scipy import sparse

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.histories import dense_items
from jobs.candidates.scoring.neighbours import NeighbourScores
from jobs.candidates.sources.contract import Definition, Inputs, Source
from jobs.contract.reasons import Reason
from jobs.contract.settings import Candidates
from jobs.contract.tables import ITEM_ID
from jobs.vectors.top_k import top_k_entries

_SIMILARITIES_A_BLOCK = 1 << 24


def build(inputs: Inputs, items: Catalogue, settings: Candidates) -> Source | None:
    """Return the source, or None where no two items share an entity."""
    entities = item_entities(inputs.graph, inputs.item_links, settings.graph_max_degree)
    features = idf_features(entities, items)
    if features is None:
        return None
    return NeighbourScores(shared_neighbours(features, items.eligible, settings.neighbours))


def item_entities(graph: DataFrame, links: DataFrame, max_degree: int) -> DataFrame:
    """Return (item_id, entity, degree, relation) of entities that 2 to ``max_degree`` items share, a row a pair.

    The relation is how the graph says that the item has the entity, from the item's side where it is said from both;
    null where the item is linked to the entity itself.

    Args:
        graph: Rows of ``validated_graph``.
        links: Rows of ``validated_item_links``.
        max_degree: Most items of an entity.
    """
    sides = [
        graph.select(
            F.col(here).alias("entity_id"),
            F.col(there).alias("entity"),
            F.struct(F.lit(here == "tail").alias("backward"), "relation").alias("said"),
        )
        for here, there in (("head", "tail"), ("tail", "head"))
    ]
    own = links.select(ITEM_ID, F.col("entity_id").alias("entity"))
    near = links.join(sides[0].unionByName(sides[1]), on="entity_id", how="inner").select(ITEM_ID, "entity", "said")
    every = own.unionByName(near, allowMissingColumns=True)
    features = every.groupBy(ITEM_ID, "entity").agg(F.min("said").alias("said"))
    degrees = features.groupBy("entity").agg(F.count(F.lit(1)).alias("degree"))
    shared = degrees.where(F.col("degree").between(2, max_degree))
    return features.join(shared, on="entity", how="inner").select(
        ITEM_ID, "entity", "degree", F.col("said.relation").alias("relation")
    )


def idf_features(entities: DataFrame, items: Catalogue) -> sparse.csr_matrix | None:
    """Return float32[n_items, n_entities] with unit rows, idf where an item has an entity; None without any.

    Args:
        entities: From ``item_entities``, item-sized: they are collected.
        items: Dense order.
    """
    indexed = dense_items(entities.sparkSession, items.index())
    rows = entities.join(F.broadcast(indexed), on=ITEM_ID, how="inner").select("item", "entity", "degree").toPandas()
    if rows.empty:
        return None
    # numpy's own strings are all as long as the longest.
    column, names = pd.factorize(rows["entity"], sort=True)
    n_items = len(items.item_ids)
    idf = np.log(n_items / rows["degree"].to_numpy(dtype=np.float64)).clip(min=0)
    weighed = sparse.csr_matrix((idf, (rows["item"].to_numpy(), column)), shape=(n_items, len(names)))
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.maximum(lengths, 1e-12)) @ weighed
    return sparse.csr_matrix(unit, dtype=np.float32)


def shared_neighbours(features: sparse.csr_matrix, eligible: np.ndarray, k: int) -> sparse.csr_matrix:
    """Return float32[n_items, n_items]: each item's k most similar eligible others, ties to the lower index.

    Cost: the sum over entities of their degree squared, at most entries x ``graph_max_degree``; memory: one block.
    """
    n_items = features.shape[0]
    size = max(1, _SIMILARITIES_A_BLOCK // max(1, n_items))
    found = []
    for start in range(0, n_items, size):
        similarity = (features[start : start + size] @ features.T).toarray()
        row = np.arange(len(similarity))
        similarity[row, start + row] = 0
        similarity[:, ~eligible] = 0
        similarity[similarity <= 0] = -np.inf
        item, neighbour = top_k_entries(similarity, k)
        found.append((start + item, neighbour, similarity[item, neighbour]))
    item, neighbour, near = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return sparse.csr_matrix((near, (item, neighbour)), shape=(n_items, n_items), dtype=np.float32)


GRAPH = Definition(build, "no graph links two items", Reason.BECAUSE)
