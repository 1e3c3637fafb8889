"""Rank everybody's candidates with the chosen ranker: one shuffle by user, then arrays in Spark's tasks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from threadpoolctl import threadpool_limits

from jobs.contract.reasons import Reason
from jobs.contract.tables import FOLD, RANKED, USER_ID
from jobs.ranking.block import COLUMNS, ORDER, Block, IntArray, blocks
from jobs.ranking.ranker import Ranker
from jobs.ranking.statistics import ItemStatistics

_COLUMNS = tuple((name, kind) for name, kind in RANKED.columns if name != FOLD)
_ANY_WEIGHT = 1e-6


@dataclass(frozen=True)
class Lister:
    """What every task needs, broadcast once.

    Attributes:
        ranker: The chosen one.
        items: Of the fold's training interactions.
        bits: Source -> bit of the lists' ``sources``.
        reasons: Source -> reason code of an item that this source speaks for most.
        k: Items per user.
    """

    ranker: Ranker
    items: ItemStatistics
    bits: dict[str, int]
    reasons: dict[str, Reason]
    k: int


def with_user_statistics(candidates: DataFrame, users: DataFrame) -> DataFrame:
    """Return one fold's candidates with the columns that blocks are built from; ``users`` from ``user_statistics``."""
    return candidates.join(users, on=USER_ID, how="left").select(*COLUMNS)


def ranked_lists(rows: DataFrame, lister: Lister) -> DataFrame:
    """Return the columns of ``ranked`` but the fold: each user's k best items, ties by item id.

    Cost: one shuffle of the candidates by user and a sort of each task's own.

    Args:
        rows: From ``with_user_statistics``.
        lister: How they are ranked and explained.
    """
    shared = rows.sparkSession.sparkContext.broadcast(lister)

    def rank(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = shared.value
        with threadpool_limits(1):
            for block in blocks(batches, own.ranker.sources, own.ranker.keep_seen):
                yield list_rows(block, own)

    schema = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
    return rows.repartition(USER_ID).sortWithinPartitions(*ORDER).mapInArrow(rank, schema)


def list_rows(block: Block, lister: Lister) -> pa.RecordBatch:
    """Return a row a user who has anything to be recommended."""
    scores = lister.ranker.scores(block, lister.items)
    order, sizes = _best(block, scores, lister.k)
    return _rows(block, lister, order, scores[order], sizes)


def _best(block: Block, scores: npt.NDArray[np.float64], k: int) -> tuple[IntArray, IntArray]:
    """Return the pairs of all lists, one list after the other and each best first, and every user's length."""
    user = block.user_of
    order = np.lexsort((-scores, user))  # stable, so that ties keep the byte order of ids
    place = np.arange(len(order)) - np.repeat(block.starts[:-1], np.diff(block.starts))
    order = order[(place < k) & np.isfinite(scores[order])]
    return order, np.bincount(user[order], minlength=len(block.users))


def _rows(
    block: Block, lister: Lister, order: IntArray, scores: npt.NDArray[np.float64], sizes: IntArray
) -> pa.RecordBatch:
    shares = lister.ranker.source_shares(block)[order]
    named = block.rows[order] >= 0
    # Of sources that speak equally for an item, the one named first gives the reason.
    main = np.argmax(np.where(named, shares + _ANY_WEIGHT, -1), axis=1)
    evidence = block.evidence.take(pa.array(block.rows[order, main]))
    columns = {
        "item_ids": block.item_ids.take(pa.array(order)),
        "scores": pa.array(scores, pa.float32()),
        "sources": pa.array(_masks(lister, named), pa.int32()),
        "reasons": _reasons(lister, main, pc.list_value_length(evidence).to_numpy()),
        "evidence_first": _evidence(evidence, 0),
        "evidence_second": _evidence(evidence, 1),
    }
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes[sizes > 0])]), pa.int32())
    lists = [pa.ListArray.from_arrays(offsets, columns[name]) for name, _ in _COLUMNS[1:]]
    user_ids = block.users[USER_ID].combine_chunks().take(pa.array(np.flatnonzero(sizes)))
    return pa.RecordBatch.from_arrays([user_ids, *lists], names=[name for name, _ in _COLUMNS])


def _masks(lister: Lister, named: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return int64[n]: the bits of the sources that named each item and count."""
    counts = (lister.ranker.weights > 0) | bool(lister.ranker.trees_weight)
    bits = np.array([1 << lister.bits[source] for source in lister.ranker.sources], dtype=np.int64)
    return np.asarray((named * (bits * counts)).sum(axis=1))


def _reasons(lister: Lister, main: IntArray, n_evidence: npt.NDArray[np.int32]) -> pa.StringArray:
    by_source = [lister.reasons[source] for source in lister.ranker.sources]
    codes = pa.array([reason.value for reason in by_source], pa.string()).take(pa.array(main))
    speechless = np.array([reason is Reason.BECAUSE for reason in by_source])[main] & (n_evidence == 0)
    return pc.if_else(pa.array(speechless), Reason.TASTE.value, codes)


def _evidence(evidence: pa.ListArray, place: int) -> pa.StringArray:
    """Return string[n]: the item at ``place`` of each list, "" where it is shorter."""
    lengths = pc.list_value_length(evidence).to_numpy()
    has = lengths > place
    flat, starts = evidence.flatten(), np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    where = pa.array(np.where(has, starts + place, 0), mask=~has)
    return flat.take(where).fill_null("") if len(flat) else pa.array([""] * len(lengths), pa.string())
