"""What a user is told of an item that a rule put where it is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jobs.contract.reasons import Reason
from jobs.ranking.rules.listing import PlacedBy

RULE_REASONS: dict[PlacedBy, Reason] = {
    PlacedBy.BOOSTS: Reason.BOOSTED,
    PlacedBy.DIVERSITY: Reason.DIVERSE,
    PlacedBy.CATEGORY_CAP: Reason.DIVERSE,
    PlacedBy.EXPOSURE_FLOOR: Reason.LONG_TAIL,
    PlacedBy.EXPLORATION: Reason.EXPLORING,
    PlacedBy.PINS: Reason.PINNED,
}


def told_reasons(placed_by: npt.NDArray[np.int8], reasons: Sequence[str]) -> list[str]:
    """Return the reason code of each item: the ranker's own, but for what a rule moved up or put there.

    Args:
        placed_by: int8[n], codes of ``PlacedBy``.
        reasons: n codes as the ranker gives them; whatever stands for an item that was no candidate is replaced.
    """
    return [
        RULE_REASONS[PlacedBy(code)].value if code else reason
        for code, reason in zip(placed_by.tolist(), reasons, strict=True)
    ]
