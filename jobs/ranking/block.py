"""Some users' candidates as arrays: what is ranked at once, in Spark's tasks and where a ranker is chosen."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset

from jobs.ranking.fusion import BoolArray, FloatArray, IntArray, shares
from jobs.streamed import in_batches

COLUMNS = ("user_id", "item_id", "source", "score", "source_rank", "seen", "evidence", "n_liked", "idle_days")
"""What a block is built from: the columns of ``candidates`` of one fold, and two of the user's own."""
ORDER = ("user_id", "item_id")
"""How its rows are sorted."""
_ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Block:
    """The union of all sources' candidates for some users of one fold.

    Attributes:
        users: Columns user_id, n_liked, idle_days; a row a user.
        starts: int64[n_users + 1], where each user's pairs begin.
        item_ids: string[n_pairs], a user's in byte order.
        scores: float32[n_pairs, n_sources] as the sources gave them, NaN where a source did not name the item.
        ranks: float32[n_pairs, n_sources] from 1, NaN likewise.
        rows: int64[n_pairs, n_sources], the row of ``evidence``, -1 likewise.
        evidence: list<string>[n_rows].
    """

    users: pa.Table
    starts: IntArray
    item_ids: pa.StringArray
    scores: FloatArray
    ranks: FloatArray
    rows: IntArray
    evidence: pa.ListArray

    def __len__(self) -> int:
        return len(self.item_ids)

    @property
    def user_of(self) -> IntArray:
        """int64[n_pairs]: each pair's row in ``users``."""
        return np.repeat(np.arange(len(self.users)), np.diff(self.starts))

    @property
    def place_of(self) -> IntArray:
        """int64[n_pairs]: each pair's place among its user's, from 0."""
        return np.arange(len(self)) - np.repeat(self.starts[:-1], np.diff(self.starts))

    @cached_property
    def standardised(self) -> FloatArray:
        """float32[n_pairs, n_sources]: scores standardised among those that a source gave a user, NaN for others."""
        if not len(self):
            return self.scores
        named = self.rows >= 0
        values = np.where(named, self.scores, 0).astype(np.float64)
        starts, user_of = self.starts[:-1], self.user_of
        count = np.maximum(np.add.reduceat(named, starts, axis=0), 1)
        mean = np.add.reduceat(values, starts, axis=0) / count
        centred = np.where(named, values - mean[user_of], 0)
        spread = np.sqrt(np.add.reduceat(centred**2, starts, axis=0) / count)
        scaled = centred / np.where(spread > 0, spread, 1)[user_of]
        return np.where(named, scaled, np.nan).astype(np.float32)

    def best(self, scores: npt.NDArray[np.floating], k: int) -> IntArray:
        """Return each user's k best pairs, one user after the other and each best first; ties go to the lower id.

        Args:
            scores: [n_pairs].
            k: Pairs a user.
        """
        order = np.lexsort((-scores, self.user_of))  # stable, so that ties keep the byte order of ids
        return np.asarray(order[self.place_of < k])


def whole_users(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield tables of whole users, about 200,000 rows each, from rows sorted by ``ORDER``, however they are cut."""
    waiting: list[pa.RecordBatch] = []
    n_waiting = 0
    for batch in batches:
        waiting.append(batch)
        n_waiting += len(batch)
        if n_waiting >= _ROWS_AT_ONCE:
            rows = pa.Table.from_batches(waiting).combine_chunks()
            whole = int(_user_starts(rows)[-1])
            if whole:
                yield rows.slice(0, whole)
            waiting = rows.slice(whole).to_batches()
            n_waiting = len(rows) - whole
    if n_waiting:
        yield pa.Table.from_batches(waiting)


def build_large_block(rows: pa.dataset.Dataset, sources: list[str], keep_seen: bool, depth: int) -> Block:
    """Return the same as ``build_block`` of many users, whose rows are read and laid out some 200,000 at once.

    Memory: the candidates that are kept, and those of one part of the users; not what all sources gave to all.
    """
    tables = whole_users(in_batches(rows, _ROWS_AT_ONCE))
    blocks = [build_block(table, sources, keep_seen, depth) for table in tables]
    return _joined(blocks) if blocks else build_block(rows.schema.empty_table(), sources, keep_seen, depth)


def build_block(
    rows: pa.Table, sources: list[str], keep_seen: bool, depth: int, spared: Callable[[Block], BoolArray] | None = None
) -> Block:
    """Return the block of some users' candidates.

    Args:
        rows: ``COLUMNS`` of whole users, sorted by ``ORDER``.
        sources: Their order in the block's matrices; rows of other sources are left out.
        keep_seen: Whether what the user already met competes.
        depth: Pairs kept a user, the best by reciprocal ranks of all sources alike; ties go to the lower id.
        spared: Names the pairs, bool[n_pairs], that are kept beyond the depth.
    """
    wanted = pc.is_in(rows["source"], pa.array(sources, pa.string()))
    if not keep_seen:
        wanted = pc.and_(wanted, pc.invert(rows["seen"]))
    rows = rows.filter(wanted).combine_chunks()
    user_starts = _user_starts(rows)
    user = np.repeat(np.arange(len(user_starts)), np.diff([*user_starts, len(rows)]))
    pair_starts = _changes(rows, ORDER)
    pair = np.repeat(np.arange(len(pair_starts)), np.diff([*pair_starts, len(rows)]))
    source = pc.index_in(rows["source"], pa.array(sources, pa.string())).to_numpy()
    score = rows["score"].to_numpy()
    ranks, scores = (np.full((len(pair_starts), len(sources)), np.nan, dtype=np.float32) for _ in range(2))
    row_of = np.full(ranks.shape, -1, dtype=np.int64)
    scores[pair, source] = score
    # Seen and unseen items are numbered apart in the table; where both compete they are numbered anew.
    ranks[pair, source] = _ranks(user, source, score) if keep_seen else rows["source_rank"].to_numpy()
    row_of[pair, source] = np.arange(len(rows))
    whole = Block(
        users=rows.select(["user_id", "n_liked", "idle_days"]).take(pa.array(user_starts)),
        starts=np.append(np.searchsorted(pair_starts, user_starts), len(pair_starts)),
        item_ids=_whole(rows["item_id"]).take(pa.array(pair_starts)),
        scores=scores,
        ranks=ranks,
        rows=row_of,
        evidence=_whole(rows["evidence"]),
    )
    return _shortlisted(whole, depth, spared)


def _shortlisted(block: Block, depth: int, spared: Callable[[Block], BoolArray] | None) -> Block:
    """Return the block with each user's ``depth`` best pairs: what ranks lower everywhere makes no list, but costs."""
    if np.diff(block.starts).max(initial=0) <= depth:
        return block
    stays = spared(block) if spared else np.zeros(len(block), dtype=bool)
    stays[block.best(shares(block.ranks).sum(axis=1), depth)] = True
    kept = np.flatnonzero(stays)
    return Block(
        users=block.users,
        starts=np.concatenate([[0], np.cumsum(stays)])[block.starts],
        item_ids=block.item_ids.take(pa.array(kept)),
        scores=block.scores[kept],
        ranks=block.ranks[kept],
        rows=block.rows[kept],
        evidence=block.evidence,
    )


def _joined(blocks: list[Block]) -> Block:
    """Return one block of the users of all blocks, one after the other."""
    ends = np.cumsum([len(block) for block in blocks])
    before = np.cumsum([0, *(len(block.evidence) for block in blocks)])
    rows = [np.where(block.rows < 0, -1, block.rows + skipped) for block, skipped in zip(blocks, before, strict=False)]
    starts = [block.starts[1:] + end - len(block) for block, end in zip(blocks, ends, strict=True)]
    return Block(
        users=pa.concat_tables([block.users for block in blocks]),
        starts=np.concatenate([[0], *starts]),
        item_ids=pa.concat_arrays([block.item_ids for block in blocks]),
        scores=np.concatenate([block.scores for block in blocks]),
        ranks=np.concatenate([block.ranks for block in blocks]),
        rows=np.concatenate(rows),
        evidence=pa.concat_arrays([block.evidence for block in blocks]),
    )


def _user_starts(rows: pa.Table) -> IntArray:
    return _changes(rows, ORDER[:1])


def _changes(rows: pa.Table, columns: tuple[str, ...]) -> IntArray:
    """Return int64: the first row of each run of equal values."""
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    differs = np.zeros(len(rows), dtype=bool)
    differs[0] = True
    for column in columns:
        values = _whole(rows[column])
        differs[1:] |= pc.not_equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False)
    return np.flatnonzero(differs)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _ranks(user: IntArray, source: IntArray, score: FloatArray) -> IntArray:
    """Return each row's place from 1 among its user's and source's rows, by falling score, ties in the rows' order."""
    order = np.lexsort((-score, source, user))
    first = np.flatnonzero(np.diff(user[order], prepend=-1) | np.diff(source[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)])) + 1
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = place
    return ranks
