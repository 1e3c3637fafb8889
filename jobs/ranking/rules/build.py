"""The rules of one fold, from its tables; nothing is read where no rule is on."""

from datetime import datetime

import numpy as np
from pyspark.sql import DataFrame

from jobs.candidates.catalogue import Catalogue, catalogue
from jobs.candidates.popularity import popular
from jobs.contract.settings import Settings
from jobs.contract.tables import ITEM_ID, Fold
from jobs.ranking.rules.active import active_rules
from jobs.ranking.rules.catalogue import RuleCatalogue, item_categories, long_tail
from jobs.ranking.rules.rulebook import Rulebook, rulebook
from jobs.vectors.collect import dense_vectors
from jobs.vectors.unit_rows import unit_rows


def build_rulebook(  # noqa: PLR0913 - the tables of a fold
    settings: Settings,
    fold: Fold,
    items: DataFrame,
    embeddings: DataFrame,
    parted: DataFrame,
    trained: DataFrame,
    as_of: datetime,
) -> Rulebook:
    """Return the fold's rules.

    Args:
        settings: Names the rules and the protocol.
        fold: The fold.
        items: Rows of ``validated_items``.
        embeddings: Rows of ``item_embeddings``.
        parted: Rows of ``interactions``.
        trained: The fold's training interactions, one row a user and item.
        as_of: When an item must be available.
    """
    if not active_rules(settings.rules):
        empty = np.zeros(0, dtype=bool)
        return rulebook(settings.rules, RuleCatalogue([], item_categories([]), None, empty, empty))
    known = catalogue(items, parted, fold, settings.split, as_of)
    vectors = dense_vectors(embeddings, known.index(), "embedding")
    n_users = popular(trained.where("weight > 0"), known.index()).astype(np.int64)
    return rulebook(
        settings.rules,
        RuleCatalogue(
            item_ids=known.item_ids,
            categories=item_categories(_categories(items, known)),
            vectors=None if vectors is None else unit_rows(vectors),
            eligible=known.eligible,
            tail=long_tail(n_users, settings.rules.head_share),
        ),
    )


def _categories(items: DataFrame, known: Catalogue) -> list[list[str] | None]:
    found = {row[0]: row[1] for row in items.select(ITEM_ID, "categories").collect()}
    return [found.get(item_id) for item_id in known.item_ids]
