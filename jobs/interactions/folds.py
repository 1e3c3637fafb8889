"""Which parts each fold trains on and is judged on: the one place where the night and the protocols differ."""

from jobs.contract.settings import Split
from jobs.contract.tables import Fold, Part

_EVERYTHING = (Part.TRAIN, Part.VALIDATION, Part.TEST)


def trained_on(fold: Fold, split: Split) -> tuple[Part, ...]:
    """Return the parts that a fold's models and histories come from.

    The backtest trains on the training part. The final fold is the refit: in the night on all data, in a protocol on
    all but the test.
    """
    if fold is Fold.BACKTEST:
        return (Part.TRAIN,)
    return _EVERYTHING if split.protocol == "night" else (Part.TRAIN, Part.VALIDATION)


def judged_fold(split: Split) -> Fold:
    """Return the fold whose lists are held against the test part.

    A night trains once and refits (DESIGN section 6): its verdict is given on the backtest. A protocol judges the
    refit.
    """
    return Fold.BACKTEST if split.protocol == "night" else Fold.FINAL
