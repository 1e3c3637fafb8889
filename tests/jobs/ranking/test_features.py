import numpy as np
import pyarrow as pa

from jobs.ranking.features import feature_names, features
from jobs.ranking.statistics import ItemStatistics
from tests.jobs.ranking.tiny import NOTHING_KNOWN, block

NO = np.nan
ROWS = [
    ("u", "a", "als", 1.0, 2),
    ("u", "b", "als", 3.0, 1),
    ("u", "b", "text", 9.0, 1),
    ("v", "a", "als", 0.1, 1),
    ("v", "b", "als", 0.1, 2),
    ("v", "c", "als", 0.1, 3),
]
ITEMS = ItemStatistics(pa.array(["b"]), np.float32([[2, 1, 0.5, 7], [0, 0, NO, NO]]))


def test_every_feature_against_values_worked_by_hand():
    assert feature_names(["als", "text"]) == [
        *("als_rank", "text_rank", "als_score", "text_score", "n_sources"),
        *("item_n_users", "item_events_a_user", "item_idle_days", "item_age_days"),
        *("user_n_liked", "user_idle_days"),
    ]
    found = features(block(*ROWS), ITEMS)
    assert found.dtype == np.float32
    # Of u's scores by als, 1 and 3, the mean is 2 and the deviation 1; a single score is its own mean.
    np.testing.assert_allclose(
        found[:2],
        [
            [20 / 22, 0, -1, NO, 1, 0, 0, NO, NO, 3, 1.5],
            [20 / 21, 20 / 21, 1, 0, 2, 2, 1, 0.5, 7, 3, 1.5],
        ],
        rtol=1e-6,
    )


def test_equal_scores_are_all_average():
    found = features(block(*ROWS), ITEMS)
    assert found[2:, 2].tolist() == [0, 0, 0]


def test_a_user_whom_a_source_named_nothing_has_no_score_of_it_and_does_not_disturb_the_next():
    rows = [("u", "a", "als", 1.0, 1), ("v", "a", "text", 1.0, 1), ("v", "b", "text", 3.0, 2)]
    found = features(block(*rows), NOTHING_KNOWN)
    np.testing.assert_array_equal(found[:, 2:4], np.float32([[0, NO], [NO, -1], [NO, 1]]))


def test_scores_stand_among_the_users_own_whatever_the_others_in_the_block():
    together, alone = features(block(*ROWS), ITEMS), features(block(*ROWS[3:]), ITEMS)
    np.testing.assert_array_equal(together[2:], alone)


def test_an_empty_block_has_no_rows_of_features():
    assert features(block(), ITEMS).shape == (0, 11)
