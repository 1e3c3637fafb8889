import numpy as np
import pytest

from jobs.ranking.rules.moves import lifted


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0, 1, 2, 3], []),
        ([0, 3, 1, 2], [1]),  # one taken up
        ([0, 2, 3, 1], []),  # one sent down: the others only closed ranks
        ([0, 2, 1], [1]),  # a swap
        ([3, 0, 4, 1, 2], [0, 2]),
        ([], []),
    ],
)
def test_only_items_that_were_taken_up_are_lifted(order, expected):
    assert np.flatnonzero(lifted(np.array(order, dtype=np.int64))).tolist() == expected
