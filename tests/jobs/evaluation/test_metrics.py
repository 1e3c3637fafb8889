import numpy as np
import pytest

from jobs.evaluation.metrics import user_metrics


def test_every_metric_against_values_worked_by_hand():
    hits = np.array([[True, False, True], [False, False, False], [False, True, False]])
    found = user_metrics(hits, np.array([2, 1, 5]), k=3)
    # user 1: dcg 1 + 1/log2(4) = 1.5 over ideal 1 + 1/log2(3); user 3: 1/log2(3) over ideal of 3 places
    second, third = 1 / np.log2(3), 1 / np.log2(4)
    assert found["ndcg@3"] == pytest.approx([1.5 / (1 + second), 0, second / (1 + second + third)])
    assert found["recall@3"] == pytest.approx([1, 0, 1 / 5])
    assert found["hitrate@3"].tolist() == [1, 0, 1]
    assert found["mrr@3"] == pytest.approx([1, 0, 1 / 2])
    assert found["precision@3"] == pytest.approx([2 / 3, 0, 1 / 3])


def test_places_past_the_cut_off_do_not_count():
    hits = np.array([[False, False, True]])
    assert {value[0] for value in user_metrics(hits, np.array([1]), k=2).values()} == {0.0}


def test_a_perfect_list_has_ndcg_one_even_with_more_targets_than_places():
    assert user_metrics(np.ones((1, 5), dtype=bool), np.array([9]), k=5)["ndcg@5"] == pytest.approx([1.0])
