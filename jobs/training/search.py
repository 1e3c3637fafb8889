"""Find a model's settings on validation, one setting at a time."""

import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

_SWEEPS = 2
_OUT_OF_TIME = {"why": "no time to try further values"}

Setting = tuple[float, ...]


class Found(NamedTuple):
    """The best setting, what each one tried reached, and whether time was up before all had been."""

    best: Setting
    tried: dict[Setting, float]
    out_of_time: bool

    def report(self, in_words: Callable[[Setting], str]) -> dict[str, float | str]:
        """Return what each setting tried reached, by its name, and why others were not tried."""
        reached: dict[str, float | str] = {in_words(setting): round(ndcg, 4) for setting, ndcg in self.tried.items()}
        return reached | (_OUT_OF_TIME if self.out_of_time else {})


def best_setting(values: Sequence[Sequence[float]], ndcg: Callable[[Setting], float], until: float = math.inf) -> Found:
    """Return the best setting found by coordinate search from the first values.

    Each setting's values are tried in turn with the others held at their best, and all of them once more. Of equals the
    earlier stays, so that a value is left for another only where that is better.

    Args:
        values: Of each setting, those to try; the first are the start.
        ndcg: Measures a setting; called once for each.
        until: ``time.monotonic()`` after which nothing further is tried; the start always is.
    """
    best = tuple(own[0] for own in values)
    tried = {best: ndcg(best)}
    for _ in range(_SWEEPS):
        for place, own in enumerate(values):
            for value in own:
                setting = (*best[:place], value, *best[place + 1 :])
                if setting not in tried:
                    if time.monotonic() > until:
                        return Found(best, tried, out_of_time=True)
                    tried[setting] = ndcg(setting)
                if tried[setting] > tried[best]:
                    best = setting
    return Found(best, tried, out_of_time=False)
