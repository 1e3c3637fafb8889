"""What a stage leaves behind in the process that runs it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from jobs.stage import return_freed_memory

PIECE, N_PIECES = 100_000, 2_000


def resident() -> int:
    """Return this process's resident pages."""
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_stage_freed_goes_back_to_the_system_though_a_later_piece_is_held():
    pieces = [np.ones(PIECE, dtype=np.uint8) for _ in range(N_PIECES)]
    last = pieces.pop()
    before = resident()
    pieces.clear()
    kept = resident()
    return_freed_memory()
    assert before - kept < N_PIECES * PIECE / 4096 / 2
    assert before - resident() > N_PIECES * PIECE / 4096 / 2
    assert last.all()
