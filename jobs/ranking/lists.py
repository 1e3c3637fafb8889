"""Rank everybody's candidates with the chosen ranker: one shuffle by user, then arrays in Spark's tasks."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from threadpoolctl import threadpool_limits

from jobs.contract.reasons import BY_RELATION, Reason
from jobs.contract.tables import FOLD, ITEM_ID, RANKED, RANKED_VARIANTS, USER_ID
from jobs.ranking.block import COLUMNS, ORDER, Block, build_block, whole_users
from jobs.ranking.fusion import IntArray
from jobs.ranking.new_items import near_new_items, with_new_items
from jobs.ranking.placement import NOBODYS, Placement, by_ranker, by_rules
from jobs.ranking.ranker import Ranker
from jobs.ranking.relations import Relations
from jobs.ranking.rules.reasons import told_reasons
from jobs.ranking.rules.rulebook import Rulebook
from jobs.ranking.statistics import ItemStatistics

_DEPTH_A_PLACE = 2
_MIN_DEPTH = 100
_ANY_WEIGHT = 1e-6
_MET = "met"
_LISTS, _VARIANTS = RANKED.without(FOLD), RANKED_VARIANTS.without(FOLD)


@dataclass(frozen=True)
class Lister:
    """What every task needs, broadcast once.

    Attributes:
        ranker: The chosen one.
        items: Of the fold's training interactions.
        book: The rules.
        bits: Source -> bit of the lists' ``sources``.
        reasons: Source -> reason code of an item that this source speaks for most.
        k: Items per user.
        seed: Of what rules draw; folds in the run's date.
        new_item_place: Where a user's best new item stands at the latest; 0 = it gets no place of its own.
        relations: What items have in common; None without a graph.
        silent: A source whose candidates are left out, as if it had stepped aside; None = all speak.
    """

    ranker: Ranker
    items: ItemStatistics
    book: Rulebook
    bits: dict[str, int]
    reasons: dict[str, Reason]
    k: int
    seed: int
    new_item_place: int
    relations: Relations | None = None
    silent: str | None = None

    def place(self, rows: pa.Table) -> tuple[Block, Placement]:
        """Return the candidates of whole users, and their lists."""
        own = rows.filter(pc.invert(pc.is_in(rows["source"], pa.array([_MET, self.silent], pa.string()))))
        if self.book.excluded.any():  # before the best are chosen, or a large category would leave a short list
            own = own.filter(pc.invert(pc.is_in(own[ITEM_ID], self._excluded)))
        place = min(self.new_item_place, self.k)
        near_new = partial(near_new_items, items=self.items, place=place)
        block = build_block(own, self.ranker.sources, self.ranker.keep_seen, depth(self.k), near_new)
        scores = with_new_items(block, self.ranker.scores(block, self.items), self.items, place)
        if not self.book.active:
            return block, by_ranker(block, scores, self.k)
        return block, by_rules(block, scores, self.book, self._banned(rows, block), self.k, self.seed)

    @cached_property
    def _excluded(self) -> pa.StringArray:
        return pa.array(self.book.catalogue.item_ids, pa.string()).filter(pa.array(self.book.excluded))

    def _banned(self, rows: pa.Table, block: Block) -> list[IntArray]:
        """Return for each user the catalogue's items that were met, rising; none where they may come again."""
        if self.ranker.keep_seen:
            return [np.zeros(0, dtype=np.int64)] * len(block.users)
        met = rows.filter(pc.equal(rows["source"], _MET))
        ids = pa.array(self.book.catalogue.item_ids, pa.string())
        item = pc.fill_null(pc.index_in(met[ITEM_ID], ids), NOBODYS).to_numpy()
        user = pc.fill_null(pc.index_in(met[USER_ID], block.users[USER_ID].combine_chunks()), NOBODYS).to_numpy()
        order = np.lexsort((item, user))
        edges = np.searchsorted(user[order], np.arange(len(block.users) + 1))
        return np.split(item[order], edges)[1:-1] if len(block.users) else []


def depth(k: int) -> int:
    """Return how many candidates are scored for a list of k items: a short list, too, is chosen from enough."""
    return max(_DEPTH_A_PLACE * k, _MIN_DEPTH)


def rankable(candidates: DataFrame, users: DataFrame, met: DataFrame | None) -> DataFrame:
    """Return one fold's candidates as blocks are built from them: ``COLUMNS``.

    Args:
        candidates: Rows of ``candidates``.
        users: From ``user_statistics``.
        met: (user_id, item_id) of what users met and rules must not add; None where no rule could or everything may
            come again.
    """
    rows = candidates.drop(FOLD)
    if met is not None:
        marked = met.join(candidates.select(USER_ID).distinct(), on=USER_ID, how="left_semi")
        rows = rows.unionByName(marked.select(USER_ID, ITEM_ID, F.lit(_MET).alias("source")), allowMissingColumns=True)
    return rows.join(users, on=USER_ID, how="left").select(*COLUMNS)


def ranked_lists(rows: DataFrame, lister: Lister) -> DataFrame:
    """Return the columns of ``ranked`` but the fold: each user's k best items, ties by item id.

    Cost: one shuffle of the candidates by user and a sort of each task's own.

    Args:
        rows: From ``rankable``.
        lister: How they are ranked and explained.
    """
    shared = rows.sparkSession.sparkContext.broadcast(lister)

    def rank(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = shared.value
        with threadpool_limits(1):
            for table in whole_users(batches):
                block, placed = own.place(table)
                yield _list_rows(block, placed, own)

    return _by_user(rows).mapInArrow(rank, _LISTS.ddl)


def variant_lists(rows: DataFrame, listers: dict[str, Lister]) -> DataFrame:
    """Return the columns of ``ranked_variants`` but the fold: the lists of several ways to rank, by system.

    Args:
        rows: From ``rankable``.
        listers: By system.
    """
    shared = rows.sparkSession.sparkContext.broadcast(listers)

    def rank(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        with threadpool_limits(1):
            for table in whole_users(batches):
                for system, own in shared.value.items():
                    block, placed = own.place(table)
                    user_ids, lists = _lists(block, placed, {"items": placed.item_ids})
                    systems = pa.array([system] * len(user_ids), pa.string())
                    yield pa.RecordBatch.from_arrays([systems, user_ids, *lists], names=_VARIANTS.names)

    return _by_user(rows).mapInArrow(rank, _VARIANTS.ddl)


def _by_user(rows: DataFrame) -> DataFrame:
    return rows.repartition(USER_ID).sortWithinPartitions(*ORDER)


def _list_rows(block: Block, placed: Placement, lister: Lister) -> pa.RecordBatch:
    """Return a row a user who has anything to be recommended."""
    candidate = placed.pairs != NOBODYS
    pairs = np.where(candidate, placed.pairs, 0)
    named = (block.rows[pairs] >= 0) & candidate[:, None]
    # Of sources that speak equally for an item, the one named first gives the reason.
    main = np.argmax(np.where(named, lister.ranker.source_parts(block)[pairs] + _ANY_WEIGHT, -1), axis=1)
    evidence = block.evidence.take(pa.array(block.rows[pairs, main], mask=~candidate))
    n_evidence = pc.fill_null(pc.list_value_length(evidence), 0).to_numpy()
    first, second = (_evidence(evidence, n_evidence, place) for place in range(2))
    columns = {
        "item_ids": placed.item_ids,
        "scores": pa.array(placed.scores, pa.float32()),
        "sources": pa.array(_masks(lister, named), pa.int32()),
        "reasons": _reasons(lister, main, first, placed),
        "evidence_first": first,
        "evidence_second": second,
    }
    user_ids, lists = _lists(block, placed, columns)
    return pa.RecordBatch.from_arrays([user_ids, *lists], names=_LISTS.names)


def _lists(block: Block, placed: Placement, columns: dict[str, pa.Array]) -> tuple[pa.StringArray, list[pa.ListArray]]:
    """Return the users with anything to show, and each column cut into their lists."""
    shown = np.flatnonzero(placed.sizes)
    offsets = pa.array(np.concatenate([[0], np.cumsum(placed.sizes[shown])]), pa.int32())
    user_ids = block.users[USER_ID].combine_chunks().take(pa.array(shown))
    return user_ids, [pa.ListArray.from_arrays(offsets, column) for column in columns.values()]


def _masks(lister: Lister, named: npt.NDArray[np.bool_]) -> IntArray:
    """Return int64[n]: the bits of the sources that named each item and count; of a new item, of all that named it."""
    counts = np.asarray((lister.ranker.source_weights > 0) | bool(lister.ranker.trees_weight))
    bits = np.array([1 << lister.bits[source] for source in lister.ranker.sources], dtype=np.int64)
    weighed = named & counts
    told = np.where(weighed.any(axis=1, keepdims=True), weighed, named)
    return np.asarray((told * bits).sum(axis=1))


def _reasons(lister: Lister, main: IntArray, evidence: pa.StringArray, placed: Placement) -> pa.StringArray:
    by_source = [lister.reasons[source] for source in lister.ranker.sources]
    because = pa.array(np.array([reason is Reason.BECAUSE for reason in by_source])[main])
    shown = pc.not_equal(evidence, "")
    codes = pa.array([reason.value for reason in by_source], pa.string()).take(pa.array(main))
    own = pc.if_else(pc.and_not(because, shown), Reason.TASTE.value, codes)
    if lister.relations:
        shared = pa.array(lister.relations.shared(placed.item_ids, evidence), pa.string())
        told = pc.and_(pc.and_(because, shown), pc.not_equal(shared, ""))
        own = pc.if_else(told, pc.binary_join_element_wise(own, shared, BY_RELATION), own)
    return pa.array(told_reasons(placed.placed_by, own.to_pylist()), pa.string()) if lister.book.active else own


def _evidence(evidence: pa.ListArray, lengths: npt.NDArray[np.int32], place: int) -> pa.StringArray:
    """Return string[n]: the item at ``place`` of each list, "" where it is shorter."""
    flat, starts = evidence.flatten(), np.cumsum(lengths) - lengths
    if not len(flat):
        return pa.array([""] * len(lengths), pa.string())
    return flat.take(pa.array(starts + place, pa.int64(), mask=lengths <= place)).fill_null("")
