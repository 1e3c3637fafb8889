"""Find a model's settings on validation, one setting at a time."""

from collections.abc import Callable, Sequence

_SWEEPS = 2

Setting = tuple[float, ...]


def best_setting(
    values: Sequence[Sequence[float]], ndcg: Callable[[Setting], float]
) -> tuple[Setting, dict[Setting, float]]:
    """Return the best setting found by coordinate search from the first values, and what each one tried reached.

    Each setting's values are tried in turn with the others held at their best, and all of them once more. Of equals the
    earlier stays, so that a value is left for another only where that is better.

    Args:
        values: Of each setting, those to try; the first are the start.
        ndcg: Measures a setting; called once for each.
    """
    best = tuple(own[0] for own in values)
    tried = {best: ndcg(best)}
    for _ in range(_SWEEPS):
        for place, own in enumerate(values):
            for value in own:
                setting = (*best[:place], value, *best[place + 1 :])
                if setting not in tried:
                    tried[setting] = ndcg(setting)
                if tried[setting] > tried[best]:
                    best = setting
    return best, tried
