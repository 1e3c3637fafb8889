import numpy as np
import pytest
from annoy import AnnoyIndex

from jobs.contract.atomic_files import sha256_of
from jobs.contract.errors import ReleaseError
from jobs.contract.settings import Publish
from jobs.releases.index import build_index
from jobs.releases.vectors import Vectors


def _vectors(n_items, dim=32):
    matrix = np.random.default_rng(1).normal(size=(n_items, dim)).astype(np.float32)
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    return Vectors("text", [f"{row:05d}" for row in range(n_items)], unit)


def test_the_same_vectors_give_the_same_file(tmp_path):
    for name in ("one.ann", "two.ann"):
        build_index(tmp_path / name, _vectors(300), Publish(), seed=7)
    assert sha256_of(tmp_path / "one.ann") == sha256_of(tmp_path / "two.ann")


def test_position_in_the_index_is_position_among_the_ids(tmp_path):
    vectors = _vectors(300)
    entry = build_index(tmp_path / "items.ann", vectors, Publish(), seed=7)
    index = AnnoyIndex(entry.dim, entry.metric)
    index.load(str(tmp_path / "items.ann"))
    assert (index.get_n_items(), entry.n_items, entry.vectors) == (300, 300, "text")
    assert all(index.get_nns_by_vector(vectors.matrix[row], 1, entry.search_k) == [row] for row in range(300))


def test_a_higher_recall_asks_for_a_wider_search(tmp_path):
    vectors = _vectors(3_000)
    poor = build_index(tmp_path / "a.ann", vectors, Publish(n_trees=2, min_recall=0.05), seed=7)
    good = build_index(tmp_path / "b.ann", vectors, Publish(n_trees=2, min_recall=0.4), seed=7)
    assert poor.search_k < good.search_k
    assert poor.recall < 0.4 <= good.recall


def test_equal_items_do_not_count_as_missed(tmp_path):
    same = Vectors("text", [f"{row:03d}" for row in range(200)], np.ones((200, 1), np.float32))
    assert build_index(tmp_path / "items.ann", same, Publish(), seed=7).recall == 1.0


def test_one_item_makes_an_index(tmp_path):
    entry = build_index(tmp_path / "items.ann", _vectors(1), Publish(), seed=7)
    assert (entry.n_items, entry.recall) == (1, 1.0)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ReleaseError, match=r"could not write .*nowhere/items\.ann: Unable to open"):
        build_index(tmp_path / "nowhere" / "items.ann", _vectors(10), Publish(), seed=7)
