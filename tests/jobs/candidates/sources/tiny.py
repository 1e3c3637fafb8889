"""A tiny dataset with every input that a source may be built from."""

from datetime import UTC, datetime

import numpy as np

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.contract import Inputs

ITEMS = ["a", "b", "c", "d", "e", "f"]
N_USERS = 12
AS_OF = datetime(2026, 1, 31, tzinfo=UTC)
EARLY, LATE = datetime(2026, 1, 24, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
SCHEMAS = {
    "interactions": "user_id string, item_id string, weight double, n_events int, last_timestamp timestamp, "
    "last_order bigint",
    "embeddings": "item_id string, embedding array<float>",
    "review_embeddings": "user_id string, item_id string, text_hash string, timestamp timestamp, "
    "embedding array<float>",
    "graph": "head string, relation string, tail string",
    "item_links": "item_id string, entity_id string",
    "users": "user_id string, attributes map<string,string>",
    "social": "user_id string, follows_user_id string, timestamp timestamp",
    "user_factors": "user_id string, factors array<float>",
    "item_factors": "item_id string, factors array<float>",
    "spectral_vectors": "model string, item_id string, gathers array<float>, gives array<float>",
    "bivae_user_vectors": "user_id string, vector array<float>",
    "bivae_item_vectors": "item_id string, vector array<float>",
    "item_weights": "model string, item_id string, liked_ids array<string>, weights array<float>",
    "user_vectors": "user_id string, vector array<float>",
    "item_vectors": "item_id string, vector array<float>",
}
VECTORS = [("a", [1.0, 0.0]), ("b", [0.8, 0.6]), ("c", [0.0, 1.0]), ("d", [0.0, 1.0])]
ROWS = {
    "interactions": [
        (f"u{n}", ITEMS[(n + step) % 4], 1.0 + step, 1 + step, EARLY, 1 + step)
        for n in range(N_USERS)
        for step in range(2)
    ]
    + [("u0", "e", 0.0, 1, EARLY, 3)],
    "embeddings": VECTORS,
    "review_embeddings": [("u0", "a", "h", EARLY, [0.6, 0.8]), ("u0", "c", "held", EARLY, [-1.0, 0.0])],
    "graph": [("E1", "directed_by", "Kim"), ("E2", "directed_by", "Kim"), ("E3", "sequel_of", "E1")],
    "item_links": [("a", "E1"), ("b", "E2"), ("c", "E3")],
    "users": [(f"u{n}", {"town": "Oslo"}) for n in range(1, N_USERS)],
    "social": [("u0", "u1", EARLY), ("u0", "u2", None), ("u0", "u3", LATE), ("u5", "nobody", EARLY)],
    "user_factors": [("u0", [1.0, 2.0])],
    "item_factors": VECTORS,
    "spectral_vectors": [
        (model, *row)
        for model in ("spectral", "session")
        for row in (("a", [0.5, 0.1], [0.4, 0.2]), ("c", [0.3, -0.2], [0.5, 0.1]))
    ],
    "bivae_user_vectors": [("u0", [1.0, 1.0])],
    "bivae_item_vectors": VECTORS,
    "item_weights": [("item_item", "c", ["a"], [0.5]), ("ease", "c", ["a", "b"], [0.4, -0.1])],
    "user_vectors": [("u0", [0.5, 0.5])],
    "item_vectors": VECTORS,
}


def catalogue() -> Catalogue:
    return Catalogue(ITEMS, np.ones(len(ITEMS), dtype=bool))


def inputs(spark, rows=ROWS, **changes) -> Inputs:
    """Return the inputs; a table that is named in neither ``rows`` nor ``changes`` is empty."""
    given = {**rows, **changes}
    frames = {name: spark.createDataFrame(given.get(name, []), ddl) for name, ddl in SCHEMAS.items()}
    half_lives = given.get("half_lives", {"item_item": 0.0, "ease": 3.0, "spectral": 10.0, "session": 1.0})
    return Inputs(**frames, with_repeats=given.get("with_repeats", True), as_of=AS_OF, half_lives=half_lives)
