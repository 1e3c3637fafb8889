"""Candidates and statistics of a few users, written out."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from jobs.ranking.block import Block, build_block
from jobs.ranking.statistics import ItemStatistics

SCHEMA = pa.schema(
    {
        "user_id": pa.string(),
        "item_id": pa.string(),
        "source": pa.string(),
        "score": pa.float32(),
        "source_rank": pa.int32(),
        "seen": pa.bool_(),
        "evidence": pa.list_(pa.string()),
        "n_liked": pa.float32(),
        "idle_days": pa.float32(),
    }
)
NOTHING_KNOWN = ItemStatistics(pa.array([], pa.string()), np.array([[0, 0, np.nan, np.nan]], dtype=np.float32))


def candidates(*rows: tuple) -> pa.Table:
    """Rows (user, item, source, score, rank), unseen and without evidence unless (seen, evidence) follow."""
    full = [(*row, *(False, [])[len(row) - 5 :], 3.0, 1.5) for row in rows]
    columns = list(zip(*full, strict=True)) if full else [[]] * len(SCHEMA)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA)


def block(*rows: tuple, sources: tuple[str, ...] = ("als", "text"), depth: int = 100) -> Block:
    return build_block(candidates(*rows), list(sources), keep_seen=False, depth=depth)


def planted(
    n_users: int, hit: Callable[[np.ndarray, np.ndarray], int], rng: np.random.Generator
) -> tuple[pa.Table, dict[str, set[str]]]:
    """Return rows and targets of users whose 12 items two sources rank by chance; ``hit`` names the one taken.

    Args:
        n_users: Users, each with one target.
        hit: From the two sources' places, int[12] from 0 each, to the item's index.
        rng: Of the places.
    """
    rows, targets = [], {}
    for user in range(n_users):
        places = [rng.permutation(12) for _ in range(2)]
        user_id = f"u{user:04d}"
        targets[user_id] = {f"i{int(hit(*places)):02d}"}
        for item in range(12):
            for source, place in zip(("als", "text"), places, strict=True):
                rows.append((user_id, f"i{item:02d}", source, float(-place[item]), int(place[item]) + 1))
    return candidates(*rows), targets
