"""Every source's best items for every user, block by block: users x items scores exist for one block at a time.

Cost per user and source: one row of scores over the catalogue and its partial sort. Memory of a task: block x items
float32.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from threadpoolctl import threadpool_limits

from jobs.candidates.catalogue import Catalogue
from jobs.candidates.sources.contract import IntArray, Source, User
from jobs.candidates.user_rows import USER_COLUMNS, users_of
from jobs.contract.settings import Candidates
from jobs.contract.tables import CANDIDATES, FOLD
from jobs.vectors.top_k import FloatArray, top_k

MAX_EVIDENCE = 2
_SCORES_A_BLOCK = 1 << 25
_TASKS_A_CORE = 4
_ROWS = CANDIDATES.without(FOLD)


@dataclass(frozen=True)
class Generator:
    """What every task needs, broadcast once.

    Attributes:
        catalogue: Items in dense order.
        sources: By name.
        settings: How many candidates, how large a block.
        with_seen: Whether each source also gives its best among what the user already met.
    """

    catalogue: Catalogue
    sources: dict[str, Source]
    settings: Candidates
    with_seen: bool


def candidates(users: DataFrame, generator: Generator) -> DataFrame:
    """Return candidate rows, the columns of ``candidates`` but ``fold``.

    Args:
        users: From ``user_rows``.
        generator: The sources.
    """
    context = users.sparkSession.sparkContext
    shared = context.broadcast(generator)
    # Spark sizes partitions by bytes, but a user's row is small beside its work: left alone, one task gets most.
    spread = users.repartition(_TASKS_A_CORE * context.defaultParallelism, "user_id")

    def generate(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = shared.value
        size = max(1, min(own.settings.block_users, _SCORES_A_BLOCK // max(1, len(own.catalogue.item_ids))))
        item_ids = pa.array(own.catalogue.item_ids, pa.string())
        with threadpool_limits(1):
            for batch in batches:
                everyone = users_of(batch)
                for start in range(0, len(everyone), size):
                    block = everyone[start : start + size]
                    for name, source in own.sources.items():
                        yield _rows(own, name, source, block).to_batch(name, item_ids)

    return spread.select(*(name for name, _ in USER_COLUMNS)).mapInArrow(generate, _ROWS.ddl)


class _Rows:
    """Candidate rows of one source and block, gathered as arrays."""

    def __init__(self) -> None:
        self.user_ids: list[str] = []
        self.items: list[IntArray] = []
        self.scores: list[FloatArray] = []
        self.seen: list[bool] = []
        self.evidence: list[IntArray] = []
        self.evidence_sizes: list[IntArray] = []

    def add(self, user: User, items: IntArray, scores: FloatArray, seen: bool, evidence: FloatArray | None) -> None:
        """Add one user's items, best first; of the evidence the strongest two liked items are kept."""
        self.user_ids.append(user.user_id)
        self.items.append(items)
        self.scores.append(scores)
        self.seen.append(seen)
        chosen, sizes = _strongest(user, items, evidence)
        self.evidence.append(chosen)
        self.evidence_sizes.append(sizes)

    def to_batch(self, source: str, item_ids: pa.Array) -> pa.RecordBatch:
        """Return the rows as Arrow columns, in the table's order."""
        lengths = np.array([len(items) for items in self.items], dtype=np.int64)
        n_rows = int(lengths.sum())
        sizes = _concatenate(self.evidence_sizes)
        offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32))
        return pa.RecordBatch.from_arrays(
            [
                pa.array(self.user_ids, pa.string()).take(pa.array(np.repeat(np.arange(len(lengths)), lengths))),
                item_ids.take(pa.array(_concatenate(self.items))),
                pa.array([source], pa.string()).take(pa.array(np.zeros(n_rows, dtype=np.int64))),
                pa.array(_concatenate(self.scores, np.float32)),
                pa.array(_concatenate([np.arange(1, n + 1) for n in lengths])),
                pa.array(np.repeat(np.array(self.seen, dtype=bool), lengths)),
                pa.ListArray.from_arrays(offsets, item_ids.take(pa.array(_concatenate(self.evidence)))),
            ],
            names=_ROWS.names,
        )


def _rows(own: Generator, name: str, source: Source, block: list[User]) -> _Rows:
    rows = _Rows()
    scores = source.scores(block)
    scores[:, ~own.catalogue.eligible] = -np.inf
    seen_scores = [scores[row, user.seen] for row, user in enumerate(block)]
    for row, user in enumerate(block):
        scores[row, user.seen] = -np.inf
    for row, (user, best) in enumerate(zip(block, top_k(scores, own.settings.per_source), strict=True)):
        items = best.astype(np.int32)
        rows.add(user, items, scores[row, best], False, source.evidence(user, items))
    if own.with_seen:
        for user, found in zip(block, seen_scores, strict=True):
            (best,) = top_k(found[None, :], own.settings.per_source)
            items = user.seen[best]
            rows.add(user, items, found[best], True, source.evidence(user, items))
    return rows


def _strongest(user: User, items: IntArray, evidence: FloatArray | None) -> tuple[IntArray, IntArray]:
    """Return the evidence items laid end to end, and how many each candidate has."""
    sizes = np.zeros(len(items), dtype=np.int32)
    if evidence is None or not len(user.liked):
        return np.zeros(0, dtype=np.int32), sizes
    speaks = np.where(user.liked[:, None] == items[None, :], -np.inf, evidence)
    order = np.argsort(-speaks, axis=0, kind="stable")[:MAX_EVIDENCE]
    strong = np.take_along_axis(speaks, order, axis=0) > 0
    return user.liked[order].T[strong.T], strong.sum(axis=0).astype(np.int32)


def _concatenate(arrays: list[np.ndarray], dtype: type = np.int32) -> np.ndarray:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.zeros(0, dtype=dtype)
