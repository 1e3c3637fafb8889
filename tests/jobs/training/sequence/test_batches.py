import numpy as np
import pyarrow as pa

from jobs.contract.settings import Sequence
from jobs.training.sequence.batches import Sequences, epoch_batches
from jobs.training.sequence.model import PADDING


def _lists(*rows):
    return pa.array(rows, pa.list_(pa.int32()))


def test_histories_come_newest_first_and_go_in_oldest_first():
    sequences = Sequences.of(_lists([3, 2, 1], [], [5]), _lists([9, 8]))
    assert sequences.lengths.tolist() == [3, 0, 1, 2]
    assert sequences.items.tolist() == [1, 2, 3, 5, 8, 9]


def test_a_sliced_column_gives_its_own_rows():
    assert Sequences.of(_lists([1], [3, 2], [5, 4]).slice(1)).items.tolist() == [2, 3, 4, 5]


def test_no_lists_give_no_users():
    assert len(Sequences.of()) == 0


def test_the_newest_items_are_kept_and_padding_comes_last():
    sequences = Sequences.of(_lists([4, 3, 2, 1], [], [7]))
    padded = sequences.padded(np.array([0, 2, 1]), 3)
    assert padded.tolist() == [[2, 3, 4], [7, PADDING, PADDING], [PADDING] * 3]


def test_every_user_of_two_items_comes_once_an_epoch_and_no_batch_is_too_large():
    rng = np.random.default_rng(0)
    lengths = rng.integers(0, 30, 200)
    sequences = Sequences(np.zeros(lengths.sum(), np.int32), np.concatenate([[0], np.cumsum(lengths)]))
    batches = list(epoch_batches(sequences, Sequence(max_length=20, batch_positions=100), rng))
    assert sorted(np.concatenate(batches)) == np.flatnonzero(lengths > 1).tolist()
    cut = np.minimum(lengths, 20)
    assert max(len(batch) * cut[batch].max() for batch in batches) <= 100
    real, padded = sum(cut[lengths > 1]), sum(len(batch) * cut[batch].max() for batch in batches)
    assert padded < 1.25 * real


def test_one_user_alone_may_exceed_the_positions_of_a_batch():
    sequences, settings = Sequences.of(_lists([1, 2, 3])), Sequence(max_length=10, batch_positions=2)
    assert [batch.tolist() for batch in epoch_batches(sequences, settings, np.random.default_rng(0))] == [[0]]


def test_short_histories_come_a_few_users_at_a_time():
    sequences = Sequences(np.zeros(40, np.int32), np.arange(0, 41, 2))
    settings = Sequence(max_length=10, batch_users=8)
    batches = list(epoch_batches(sequences, settings, np.random.default_rng(0)))
    assert sorted(len(batch) for batch in batches) == [4, 8, 8]
