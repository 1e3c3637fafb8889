"""Whether what a user took may be proposed again."""

from jobs.contract.settings import Settings

_MIN_REPEAT_SHARE = 0.01
"""A smaller share of repeats is chance: nobody takes films twice, and candidates to repeat them would only cost."""


def proposes_seen(settings: Settings, repeat_share: float) -> bool:
    """Return whether sources also give their best among what a user already took.

    Args:
        settings: ``rank.seen``, and the split: the protocols mask what a user took in training.
        repeat_share: Of validation pairs that the user already had in training.
    """
    if settings.split.protocol != "night":
        return False
    if settings.rank.seen != "auto":
        return settings.rank.seen != "remove"
    return repeat_share >= _MIN_REPEAT_SHARE
