import numpy as np
import pyarrow as pa
import pytest

from jobs.contract.settings import Sequence
from jobs.training.sequence.batches import Sequences
from jobs.training.sequence.model import new_model
from jobs.training.sequence.vectors import freeze, user_states, user_vectors

SETTINGS = Sequence(dim=8, blocks=1, heads=2, max_length=4)
LIKED = {"ann": [1, 0], "bob/🎬": [2], "cy": [0, 1, 2, 1, 0]}


@pytest.mark.parametrize("pool", ["last", "mean"])
def test_sparks_tasks_give_every_user_the_vector_that_one_process_gives(spark, pool):
    model = new_model(SETTINGS, 3, None, seed=1).eval()
    frame = spark.createDataFrame([*LIKED.items(), ("nobody", [])], "user_id string, liked array<int>")
    found = {row.user_id: row.vector for row in user_vectors(frame, [freeze(model, SETTINGS, pool)]).collect()}
    lists = pa.array(list(LIKED.values()), pa.list_(pa.int32()))
    expected = user_states(model, Sequences.of(lists), 4)[pool]
    assert found.keys() == LIKED.keys()
    assert np.allclose([found[user] for user in LIKED], expected, atol=1e-5)


def test_the_mean_is_over_real_positions_only():
    model = new_model(SETTINGS, 3, None, seed=1).eval()
    lists = pa.array([[1, 0], [2]], pa.list_(pa.int32()))
    alone = pa.array([[2]], pa.list_(pa.int32()))
    together = user_states(model, Sequences.of(lists), 4)["mean"]
    assert np.allclose(together[1], user_states(model, Sequences.of(alone), 4)["last"][0], atol=1e-6)


def test_a_user_without_items_gets_zeros():
    model = new_model(SETTINGS, 3, None, seed=1).eval()
    lists = pa.array([[], [1]], pa.list_(pa.int32()))
    states = user_states(model, Sequences.of(lists), 4)["last"]
    assert not states[0].any()
    assert states[1].any()
