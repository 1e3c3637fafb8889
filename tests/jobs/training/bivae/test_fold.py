"""Whom the autoencoder learns from, and that Spark's tasks place users where the driver does."""

import numpy as np
import pandas as pd
import pytest
import torch

from jobs.contract.settings import Settings
from jobs.training.bivae.fit import Vectors
from jobs.training.bivae.fold import placed, training_matrix, user_vectors, validation
from jobs.training.bivae.model import Encoder, UserEncoder
from jobs.training.fold_histories import FoldHistories

HISTORIES = [("u1", [0, 2], [0, 2]), ("u2", [1], [1]), ("u3", [], [3]), ("u4", [3, 1, 0], [0, 1, 3])]


@pytest.fixture
def known(spark):
    users = spark.createDataFrame(HISTORIES, "user_id string, liked array<int>, seen array<int>")
    return FoldHistories(users, ["a", "b", "c", "d"], users)


def test_it_learns_from_users_of_two_items_and_more(known, tmp_path):
    taken = training_matrix(known, Settings(), tmp_path / "scratch")
    np.testing.assert_array_equal(taken.toarray(), [[1, 0, 1, 0], [1, 1, 0, 1]])
    assert not (tmp_path / "scratch").exists()


def test_nobody_with_two_items_gives_no_rows(known, spark, tmp_path):
    nobody = FoldHistories(known.interactions, known.item_ids, known.users.where("size(liked) < 2"))
    assert training_matrix(nobody, Settings(), tmp_path / "scratch").shape == (0, 4)


def test_everybody_who_liked_something_is_placed_as_on_the_driver(known):
    torch.manual_seed(0)
    encoder = UserEncoder.of(Encoder(n_inputs=4, starts=2, hidden=3, dim=2))
    found = {row.user_id: row.vector for row in user_vectors(known.users, encoder).collect()}
    assert set(found) == {"u1", "u2", "u4"}
    by_hand = placed(encoder, np.float32([[1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 0, 1]]))
    np.testing.assert_allclose([found[user] for user in ("u1", "u2", "u4")], by_hand, rtol=1e-5)


def test_an_item_without_a_vector_is_not_recommended_however_low_the_others_score():
    users = pd.DataFrame({"liked": [[0]] * 20, "seen": [[0]] * 20, "targets": [[1]] * 20})
    constant = UserEncoder(
        *(np.zeros(shape, np.float32) for shape in ((4, 1), (1,), (1, 1, 1))), np.ones((1, 1, 1), np.float32)
    )
    low = Vectors(constant, np.float32([[-3], [-1], [0], [-2]]))
    assert validation(users, 4, 1).ndcg(low) == 1.0


def test_the_popular_list_is_measured_on_the_same_users():
    users = pd.DataFrame({"liked": [[0]] * 20, "seen": [[0]] * 20, "targets": [[1]] * 15 + [[3]] * 5})
    assert validation(users, 4, 1).popular == 0.75


def test_too_few_users_measure_nothing(known):
    few = known.users.toPandas().assign(targets=[[3]] * 4)
    assert validation(few, 4, 10) is None
