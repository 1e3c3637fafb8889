import numpy as np
import pytest

from jobs.ranking.signals import signals
from tests.jobs.ranking.tiny import block

ROWS = [
    ("u", "a", "als", 5.0, 1),
    ("u", "b", "als", 1.0, 3),
    ("u", "b", "text", -2.0, 1),
    ("u", "c", "als", 3.0, 2),
    ("v", "a", "als", 7.0, 1),
    ("v", "b", "als", 7.0, 2),
]


def test_a_source_says_how_high_an_item_stands_and_how_far_above_the_lowest():
    found = signals(block(*ROWS))
    # Of u's scores by als, 5, 1 and 3, the deviation is sqrt(8/3); v's are equal, and so no higher than the lowest.
    a_step = 0.2 * 2 / np.sqrt(8 / 3)
    assert found.dtype == np.float32
    assert found == pytest.approx(
        np.array(
            [
                [20 / 21, 0, 2 * a_step, 0],
                [20 / 23, 20 / 21, 0, 0],
                [20 / 22, 0, a_step, 0],
                [20 / 21, 0, 0, 0],
                [20 / 22, 0, 0, 0],
            ]
        ),
        abs=1e-6,
    )


def test_the_scale_and_the_zero_of_a_source_do_not_matter():
    moved = [(user, item, source, 10 * score - 300, rank) for user, item, source, score, rank in ROWS]
    assert signals(block(*moved)) == pytest.approx(signals(block(*ROWS)), abs=1e-5)


def test_of_nobodys_candidates_there_is_nothing_to_say():
    assert signals(block()).shape == (0, 4)
